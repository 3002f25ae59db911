// Short answers at the corner; Undo stays for ten seconds, as long as the server allows it.
import { say } from "./texts.js";

const SECONDS = { good: 5, warn: 10, bad: 10, undo: 10 };
const LEVELS = { error: "bad", warning: "warn", success: "good", info: "good", debug: "good" };

function button(className, text, act) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = className;
  element.textContent = text;
  element.addEventListener("click", act);
  return element;
}

// level: good, warn, bad; undo: the address that takes the act back by POST.
export function toast({ text, level = "good", undo = "" }) {
  const box = document.getElementById("toasts");
  if (!box || !text) return;
  const element = document.createElement("div");
  element.className = `toast1 ${level}`;
  const words = document.createElement("span");
  words.textContent = text;
  element.append(words);
  let timer;
  const close = () => { clearTimeout(timer); element.remove(); };
  const wait = () => { timer = setTimeout(close, 1000 * SECONDS[undo ? "undo" : level]); };
  if (undo) element.append(button("undo", say("undo"), () => { close(); takeBack(undo); }));
  const cross = button("x", "✕", close);
  cross.setAttribute("aria-label", say("close"));
  element.append(cross);
  element.addEventListener("mouseenter", () => clearTimeout(timer));
  element.addEventListener("mouseleave", wait);
  element.addEventListener("focusin", () => clearTimeout(timer));
  element.addEventListener("focusout", wait);
  box.append(element);
  wait();
}

function takeBack(address) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = address;
  const fields = { csrfmiddlewaretoken: csrfToken(), next: location.pathname + location.search };
  for (const [name, value] of Object.entries(fields)) {
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = name;
    input.value = value;
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}

export const csrfToken = () => JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "";

export function showWaitingToasts(root) {
  root.querySelectorAll("template[data-toast]").forEach((waiting) => {
    const [, undo = ""] = /undo:(\S+)/.exec(waiting.dataset.extra) ?? [];
    const level = LEVELS[waiting.dataset.toast.split(" ").pop()] ?? "good";
    toast({ text: waiting.content.textContent.trim(), level, undo });
    waiting.remove();
  });
}

// Answers to scripts carry their words in a header: HX-Trigger: {"toast": {...}}.
document.addEventListener("toast", (event) => {
  for (const one of event.detail.value ?? [event.detail]) toast(one);
});
