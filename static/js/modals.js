// Dialogs: #modal opens when a request fills #modal-body, and closes when the answer says so.
const modal = () => document.getElementById("modal");

export function closeModal() {
  modal()?.close();
}

export function listenToModals() {
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "modal-body") return;
    const filled = event.detail.target.childElementCount > 0;
    if (!filled) return closeModal();
    modal().classList.toggle("wide", Boolean(event.detail.target.querySelector("[data-wide]")));
    if (!modal().open) modal().showModal();
    focusFirst(event.detail.target);
  });
  document.addEventListener("closeModal", closeModal);
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open-dialog]");
    if (opener) document.getElementById(opener.dataset.openDialog)?.showModal();
    if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
    // The ground around an open dialog belongs to the dialog element itself.
    if (event.target.matches?.("dialog[open]") && outside(event)) event.target.close();
  });
  modal()?.addEventListener("close", () => document.getElementById("modal-body").replaceChildren());
}

// A person at a keyboard begins with the first field, or with the act when there is none; on a phone
// a focused field would raise the keyboard over what is to be read first.
const FIELD = ".dlg-b :is(select, textarea, input:not([type=hidden], [type=radio], [type=checkbox]))";
const ACT = ".dlg-b .btn.p:not(.d)";

function focusFirst(body) {
  const marked = body.querySelector("[autofocus], .is-invalid");
  if (marked) return marked.focus();
  if (matchMedia("(hover: none)").matches) return;
  const seen = [...body.querySelectorAll(FIELD)].find((field) => field.offsetParent);
  (seen ?? body.querySelector(ACT))?.focus();
}

function outside(event) {
  const box = event.target.getBoundingClientRect();
  return event.clientY < box.top || event.clientY > box.bottom || event.clientX < box.left || event.clientX > box.right;
}
