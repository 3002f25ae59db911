// <div data-board> with columns [data-column] of cards [data-card]: dragging a card posts its move to
// data-move + stage. What the stage asks for opens in the modal; a refusal, or a modal closed without an
// answer, puts the card back. Arrows walk between cards, m opens the menu of moves of the card.
import { ask } from "./asking.js";
import { bring } from "./lazy.js";
import { csrfToken } from "./toasts.js";

let held = null;

export async function enableBoards(root) {
  listen();
  if (!(await bring(document.body.dataset.sortable))) return;
  const boards = root.matches?.("[data-board]") ? [root] : root.querySelectorAll("[data-board]");
  if (boards.length) document.querySelectorAll("[data-column]").forEach(enable);
}

function enable(column) {
  if (column.dataset.sorted) return;
  column.dataset.sorted = "true";
  window.Sortable.create(column, {
    group: { name: "cards", pull: !("end" in column.dataset) },
    draggable: "[data-card]",
    filter: "a.mv1, button",
    preventOnFilter: false,
    ghostClass: "ghost",
    sort: false,
    delay: 180,
    delayOnTouchOnly: true,
    onEnd(event) { if (event.to !== event.from) move(event); },
  });
}

const board = () => document.querySelector("[data-board]");

// The card waits in its new column until the answer; `back` returns it to where it was.
function move({ item: card, from, to, oldDraggableIndex }) {
  putBack();
  const place = from.querySelectorAll("[data-card]")[oldDraggableIndex] ?? from.querySelector(".more2");
  held = { id: card.id, back: () => from.insertBefore(card, place ?? null) };
  card.classList.add("busy");
  const address = `${card.dataset.move}${to.dataset.column}/?${addressPart({ from: from.dataset.column })}`;
  send(card, address);
}

const addressPart = (more) => {
  const query = new URLSearchParams(board()?.dataset.filters ?? "");
  for (const [name, value] of Object.entries(more)) query.set(name, value);
  return query.toString();
};

function send(card, address) {
  const answered = ({ detail }) => {
    if (detail.elt !== card) return;
    document.removeEventListener("htmx:afterRequest", answered);
    if (!detail.successful && detail.xhr.status !== 422) putBack();
  };
  document.addEventListener("htmx:afterRequest", answered);
  ask("POST", address, {
    source: card,
    target: "#modal-body",
    swap: "innerHTML",
    values: { dropped: "1", csrfmiddlewaretoken: csrfToken() },
  }).then((isAnswered) => { if (!isAnswered) putBack(); });
}

function putBack() {
  if (!held) return;
  held.back();
  document.getElementById(held.id)?.classList.remove("busy");
  held = null;
}

// The server has moved the card: the headings are new already, the card goes to its place.
function settle({ card: number, column }) {
  held = null;
  const card = document.getElementById(`card-${number}`);
  if (!card) return;
  if (!column) return card.remove();
  const cards = document.querySelector(`[data-column="${column}"]`);
  if (!cards) return;
  const later = [...cards.querySelectorAll("[data-card]")].find((one) => one !== card && one.dataset.place > card.dataset.place);
  cards.insertBefore(card, later ?? cards.querySelector(".more2"));
  card.classList.remove("busy");
  card.querySelector("a.nm").focus({ preventScroll: true });
}

let listening = false;

function listen() {
  if (listening) return;
  listening = true;
  // htmx hands attributes of the old card to the new one; the style that dragging left may not be set so.
  document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => detail.target.removeAttribute("style"));
  document.addEventListener("cardMoved", ({ detail }) => settle(detail));
  // Only a done move closes the modal by an event; any other closing is a refusal.
  document.addEventListener("closeModal", () => { held = null; });
  document.getElementById("modal")?.addEventListener("close", putBack);
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-moves]");
    if (!opener || !board()) return;
    event.preventDefault();
    openMoves(opener);
  });
}

function openMoves(opener) {
  ask("GET", `${opener.getAttribute("href")}?${addressPart({})}`, { source: opener, target: "#modal-body", swap: "innerHTML" });
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const card = event.target.closest?.("[data-board] .kc");
  if (!card) return;
  if (event.key === "m" || event.code === "KeyM") {
    const opener = card.querySelector("[data-moves]");
    if (opener) openMoves(opener);
  } else if (!walk(card, event.key)) {
    return;
  }
  event.preventDefault();
}

function walk(card, key) {
  const column = card.closest("[data-column]");
  const cards = [...column.querySelectorAll(".kc")];
  const row = cards.indexOf(card);
  if (key === "ArrowDown" || key === "ArrowUp") return focus(cards[row + (key === "ArrowDown" ? 1 : -1)]);
  if (key !== "ArrowRight" && key !== "ArrowLeft") return false;
  const columns = [...board().querySelectorAll("[data-column]")].filter((one) => one === column || one.querySelector(".kc"));
  const next = columns[columns.indexOf(column) + (key === "ArrowRight" ? 1 : -1)];
  const beside = next ? [...next.querySelectorAll(".kc")] : [];
  return focus(beside[Math.min(row, beside.length - 1)]);
}

function focus(card) {
  card?.querySelector("a.nm").focus();
  card?.scrollIntoView({ block: "nearest", inline: "nearest" });
  return true;
}
