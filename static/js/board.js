// <div data-board> with columns [data-column] of cards [data-card]: dragging a card posts its move.
// The card's data-move is the address, the column's data-column the stage; a refusal puts it back.
// The same move stands in the card's menu for keyboard and touch.
import { bring } from "./lazy.js";
import { csrfToken, toast } from "./toasts.js";
import { say } from "./texts.js";

export async function enableBoards(root) {
  if (!(await bring(document.body.dataset.sortable))) return;
  const boards = root.matches?.("[data-board]") ? [root] : root.querySelectorAll("[data-board]");
  boards.forEach((board) => board.querySelectorAll("[data-column]").forEach((column) => enable(board, column)));
}

function enable(board, column) {
  if (column.dataset.sorted) return;
  column.dataset.sorted = "true";
  window.Sortable.create(column, {
    group: "cards",
    draggable: "[data-card]",
    ghostClass: "ghost",
    sort: false,
    delay: 180,
    delayOnTouchOnly: true,
    onEnd(event) { if (event.to !== event.from) move(event); },
  });
}

function move(event) {
  const { item: card, from, to, oldIndex } = event;
  const back = () => from.insertBefore(card, from.querySelectorAll("[data-card]")[oldIndex] ?? null);
  const swapped = (answer) => {
    if (answer.detail.elt !== card) return;
    document.removeEventListener("htmx:afterRequest", swapped);
    if (!answer.detail.successful) back();
  };
  document.addEventListener("htmx:afterRequest", swapped);
  window.htmx.ajax("POST", card.dataset.move, {
    source: card,
    target: card.dataset.target ?? card,
    swap: "outerHTML",
    values: { stage: to.dataset.column, csrfmiddlewaretoken: csrfToken() },
  }).catch(() => { back(); toast({ text: say("failed"), level: "bad" }); });
}
