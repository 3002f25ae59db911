// Scripts of other packages, brought when a page needs them. Without the network a page stays as the
// server drew it, and works: plain selects, tables beside charts, menus on cards.
const bringing = new Map();

// True once the script has run, false when it could not be fetched; the next call tries again.
export function bring(src) {
  if (!bringing.has(src)) bringing.set(src, fetched(src));
  return bringing.get(src);
}

function fetched(src) {
  return new Promise((resolve) => {
    const script = Object.assign(document.createElement("script"), { src });
    script.onload = () => resolve(true);
    script.onerror = () => { bringing.delete(src); script.remove(); resolve(false); };
    document.head.append(script);
  });
}
