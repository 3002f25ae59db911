// <section data-calendar> with days [data-day] of tasks [data-task]: a movable one is dragged, or moved by
// Shift and arrows, to another day; m asks for the day. The answer is the calendar anew, and the
// task keeps the focus. Arrows walk between tasks.
import { bring } from "./lazy.js";
import { say } from "./texts.js";
import { csrfToken, toast } from "./toasts.js";

const DAYS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
let isMoving = false;

const calendar = () => document.getElementById("calendar");

async function enable() {
  if (!(await bring(document.body.dataset.sortable))) return;
  document.querySelectorAll("[data-day]:not([data-sorted])").forEach((list) => {
    list.dataset.sorted = "true";
    window.Sortable.create(list, {
      group: "tasks",
      draggable: "[data-movable]",
      sort: false,
      delay: 180,
      delayOnTouchOnly: true,
      ghostClass: "ghost",
      onEnd({ item, from, to }) { if (from !== to) move(item, to.dataset.day); },
    });
  });
}

function move(task, day) {
  if (isMoving) return;
  isMoving = true;
  const number = task.dataset.task;
  window.htmx.ajax("POST", `/tasks/${number}/move/${day}/?${calendar().dataset.query}`, {
    source: "#main",
    target: "#calendar",
    swap: "outerHTML",
    values: { version: task.dataset.version, csrfmiddlewaretoken: csrfToken() },
  }).catch(() => toast({ text: say("failed"), level: "bad" })).finally(() => {
    isMoving = false;
    document.querySelector(`#cal-${number} a`)?.focus({ preventScroll: true });
  });
}

function shifted(day, by) {
  const moved = new Date(`${day}T12:00:00Z`);
  moved.setUTCDate(moved.getUTCDate() + by);
  return moved.toISOString().slice(0, 10);
}

function walk(task, key) {
  const all = [...calendar().querySelectorAll("[data-task] > a:first-child")];
  const by = key === "ArrowDown" || key === "ArrowRight" ? 1 : -1;
  all[all.indexOf(task.querySelector("a")) + by]?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const task = event.target.closest?.("[data-calendar] [data-task]");
  if (!task) return;
  const isMovable = "movable" in task.dataset;
  if (event.key === "m" || event.code === "KeyM") {
    if (isMovable) ask(task.querySelector("[data-move]"));
  } else if (event.key in DAYS) {
    if (!event.shiftKey) walk(task, event.key);
    else if (isMovable) move(task, shifted(task.closest("[data-day]").dataset.day, DAYS[event.key]));
  } else {
    return;
  }
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-calendar] [data-move]");
  if (!opener) return;
  event.preventDefault();
  ask(opener);
});

function ask(opener) {
  window.htmx.ajax("GET", opener.getAttribute("href"), { source: opener, target: "#modal-body", swap: "innerHTML" });
}

// htmx hands attributes of the old task to the new one; the style that dragging left may not be set so.
document.addEventListener("htmx:beforeSwap", () => {
  document.querySelectorAll("#calendar [style]").forEach((one) => one.removeAttribute("style"));
});
document.addEventListener("htmx:load", enable);
enable();
