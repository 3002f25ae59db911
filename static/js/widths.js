// Widths and places that come from data; the policy of the page forbids style attributes.
export function applyWidths(root) {
  const place = (element) => {
    if (element.dataset.w !== undefined) element.style.width = `${element.dataset.w}%`;
    if (element.dataset.l !== undefined) element.style.left = `${element.dataset.l}%`;
  };
  if (root.matches?.("[data-w], [data-l]")) place(root);
  root.querySelectorAll("[data-w], [data-l]").forEach(place);
}
