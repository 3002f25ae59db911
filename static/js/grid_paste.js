// A block copied from a spreadsheet is spread over the fields of a grid from the focused one on; arrows and
// Enter walk the fields. [data-grid-paste] stands in the form and names the grid; it says what was done.
// Only lines with fields take values: a block goes from line of a person to line of a person.
import { readAmount, readBlock, written } from "./block.js";

const bar = document.querySelector("[data-grid-paste]");
const grid = bar?.closest("form")?.querySelector(bar.dataset.gridPaste);
const pastes = [];
// What was typed since the last paste is the browser's to undo.
let typedSince = false;

if (grid) {
  grid.addEventListener("paste", onPaste);
  grid.addEventListener("keydown", onKey);
  grid.addEventListener("input", onInput);
  bar.addEventListener("click", (event) => { if (event.target.closest("[data-undo-paste]")) takeBack(); });
}

// The fields by line and place, and where one of them stands.
function fields() {
  return [...grid.tBodies].flatMap((body) => [...body.rows])
    .map((row) => [...row.querySelectorAll("input:not([type=hidden]):not([type=checkbox]):not([readonly]):not(:disabled)")])
    .filter((line) => line.length);
}

function placeOf(field, lines) {
  const row = lines.findIndex((line) => line.includes(field));
  return row < 0 ? null : { row, column: lines[row].indexOf(field) };
}

function onPaste(event) {
  const block = readBlock(event.clipboardData?.getData("text/plain") ?? "");
  const lines = fields();
  const place = placeOf(event.target, lines);
  if (!place || !block || (block.isSingle && !block.isMoney)) return;
  event.preventDefault();
  spread(block.rows, lines, place);
}

function spread(rows, lines, place) {
  clearMarks();
  const done = { before: [], unread: [], beyond: 0 };
  rows.forEach((texts, down) => texts.forEach((text, right) => {
    const field = lines[place.row + down]?.[place.column + right];
    if (field) put(field, text, done);
    else if (text.trim()) done.beyond += 1;
  }));
  if (done.before.length) pastes.push(done.before);
  typedSince = false;
  tell(done);
}

function put(field, text, done) {
  const amount = readAmount(text);
  if (amount === null) {
    field.dataset.unread = "true";
    field.title = text.trim();
    done.unread.push(text.trim());
    return;
  }
  done.before.push([field, field.value]);
  change(field, written(amount, document.documentElement.lang));
  field.dataset.pasted = "true";
}

function change(field, value) {
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

function takeBack() {
  const before = pastes.pop();
  if (!before) return;
  clearMarks();
  before.forEach(([field, value]) => change(field, value));
  before[0][0].focus();
  show([bar.dataset.saidUndone]);
}

function clearMarks() {
  grid.querySelectorAll("[data-unread], [data-pasted]").forEach((field) => {
    field.removeAttribute("data-unread");
    field.removeAttribute("data-pasted");
    field.removeAttribute("title");
  });
}

function tell({ before, unread, beyond }) {
  const parts = [filled(bar.dataset.saidDone, before.length)];
  if (unread.length) parts.push(`${filled(bar.dataset.saidUnread, unread.length)} ${unread.slice(0, 3).join(", ")}`);
  if (beyond) parts.push(filled(bar.dataset.saidBeyond, beyond));
  show(parts, before.length > 0);
}

const filled = (text, count) => text.replace("{n}", count);

function show(parts, mayUndo = false) {
  const text = document.createElement("span");
  text.textContent = parts.join(" ");
  bar.replaceChildren(text);
  if (!mayUndo) return;
  const button = Object.assign(document.createElement("button"), { type: "button", className: "btn s" });
  button.dataset.undoPaste = "";
  button.textContent = bar.dataset.saidUndo;
  bar.append(button);
}

function onInput(event) {
  if (!event.isTrusted) return;
  typedSince = true;
  event.target.removeAttribute("data-unread");
  event.target.removeAttribute("data-pasted");
}

function onKey(event) {
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.code === "KeyZ") {
    if (!pastes.length || typedSince) return;
    event.preventDefault();
    return takeBack();
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const step = stepOf(event);
  const lines = fields();
  const place = step && placeOf(event.target, lines);
  if (!place) return;
  const next = lines[place.row + step[0]]?.[place.column + step[1]];
  // Enter never sends the form by accident; at the edge the other keys stay with the text.
  if (!next && event.key !== "Enter") return;
  event.preventDefault();
  next?.focus();
  next?.select();
}

function stepOf(event) {
  const { selectionStart: start, selectionEnd: end, value } = event.target;
  const isWhole = start === 0 && end === value.length;
  const key = event.key;
  if (key === "Enter") return [event.shiftKey ? -1 : 1, 0];
  if (event.shiftKey) return null;
  if (key === "ArrowUp") return [-1, 0];
  if (key === "ArrowDown") return [1, 0];
  if (key === "ArrowLeft" && (isWhole || end === 0)) return [0, -1];
  if (key === "ArrowRight" && (isWhole || start === value.length)) return [0, 1];
  return null;
}
