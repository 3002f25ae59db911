// A cell of a table is edited in place: [data-edit] fetches its form, Enter saves, Esc restores the cell.
// A network that failed leaves the cell as it was; a save that failed leaves the form with what was typed.
import { ask } from "./asking.js";

const before = new WeakMap();

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-edit]");
  if (opener) return open(opener);
  const back = event.target.closest("[data-cell-back]");
  if (back) restore(back.closest("[data-cell]"));
});

document.addEventListener("keydown", (event) => {
  const cell = event.target.closest?.(".cell1");
  if (cell && event.key === "Escape") {
    event.preventDefault();
    restore(cell);
  }
});

function open(opener) {
  const cell = opener.closest("[data-cell]");
  const row = cell.parentElement;
  const at = [...row.children].indexOf(cell);
  ask("GET", opener.dataset.edit, { source: opener, target: cell, swap: "outerHTML" }).then(() => {
    const form = row.children[at];
    if (!form?.matches(".cell1")) return;
    before.set(row, { ...before.get(row), [at]: cell });
    form.querySelector("input:not([type=hidden]), select")?.focus();
  });
}

function restore(form) {
  const row = form?.parentElement;
  const at = row ? [...row.children].indexOf(form) : -1;
  const cell = row && before.get(row)?.[at];
  if (!cell) return;
  form.replaceWith(cell);
  cell.querySelector("[data-edit]")?.focus();
}
