// <details data-fold="name">: what a person folds or unfolds stays so in this browser, on every page.
const keyOf = (fold) => `fold:${fold.dataset.fold}`;

export function keepFolds(root) {
  root.querySelectorAll("details[data-fold]").forEach((fold) => {
    const kept = localStorage.getItem(keyOf(fold));
    if (kept) fold.open = kept === "open";
  });
}

export function listenToFolds() {
  document.addEventListener("click", ({ target }) => {
    const fold = target.closest("details[data-fold] > summary")?.parentElement;
    // The click comes before the change.
    if (fold) localStorage.setItem(keyOf(fold), fold.open ? "shut" : "open");
  });
}
