// Keys: / search, c create, j and k rows, x chooses the row, Enter opens, u undoes, ? help, Ctrl+Enter saves, Esc puts back.
import { openMenu } from "./menus.js";

const ROW = "[data-row]";
const typing = (element) => element.closest?.("input, textarea, select, [contenteditable], .ts-wrapper");
const rows = () => [...document.querySelectorAll(ROW)].filter((row) => row.offsetParent);

export function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return save(event);
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.key === "Escape" && event.target.matches?.("[data-restore]")) return restore(event.target);
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    const act = actOf(event);
    if (act && act(event) !== false) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keys-help]")) help();
  });
}

const KEYS = {
  "/": () => focusSearch(),
  c: () => openMenu("create"),
  j: () => step(1),
  k: () => step(-1),
  x: () => choose(),
  u: () => undo(),
  "?": help,
  Enter: (event) => openRow(event),
};
// The same keys under the Russian layout, by their place on the keyboard.
const PLACES = { Slash: (event) => (event.shiftKey ? "?" : "/"), KeyC: () => "c", KeyJ: () => "j", KeyK: () => "k", KeyX: () => "x", KeyU: () => "u" };
const actOf = (event) => KEYS[event.key] ?? (/[a-z]/i.test(event.key) ? undefined : KEYS[PLACES[event.code]?.(event)]);

function focusSearch() {
  const field = [...document.querySelectorAll("[data-search] input[type=search]")].find((one) => one.offsetParent);
  field?.focus();
  field?.select();
}

function help() {
  document.getElementById("keys")?.showModal();
}

function step(by) {
  const all = rows();
  const now = all.findIndex((row) => row.classList.contains("cur"));
  const next = all[now < 0 ? 0 : Math.min(Math.max(now + by, 0), all.length - 1)];
  if (!next) return false;
  all[now]?.classList.remove("cur");
  next.classList.add("cur");
  next.scrollIntoView({ block: "nearest" });
  (next.querySelector("[data-open], a[href], button") ?? next).focus({ preventScroll: true });
}

function choose() {
  const box = document.querySelector(`${ROW}.cur input[type=checkbox]`);
  if (!box) return false;
  box.click();
}

function undo() {
  const last = [...document.querySelectorAll(".toast1 .undo")].at(-1);
  if (!last) return false;
  last.click();
}

function openRow(event) {
  if (event.target.closest("a, button, summary")) return false;
  const row = document.querySelector(`${ROW}.cur`);
  if (!row) return false;
  (row.querySelector("[data-open]") ?? row.querySelector("a[href], button"))?.click();
}

function save(event) {
  const form = event.target.closest?.("form");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("button:not([type=button])") ?? undefined);
}

function restore(field) {
  field.value = field.defaultValue;
  field.blur();
}
