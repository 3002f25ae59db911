// <form data-draft="name">: what is typed survives a reload, an outage and the end of the session.
// It lives in this browser tab and goes when the form is sent or the person logs out.
import { say } from "./texts.js";

const SKIPPED = new Set(["csrfmiddlewaretoken", "idempotency_key", "version"]);
const keyOf = (form) => `draft:${document.body.dataset.person}:${location.pathname}:${form.dataset.draft}`;

const fieldsOf = (form) => [...form.elements].filter(
  (field) => field.name && !SKIPPED.has(field.name) && !["password", "file", "hidden", "submit", "button"].includes(field.type),
);
const valueOf = (field) => (["checkbox", "radio"].includes(field.type) ? field.checked : field.value);
const slot = (field) => (field.type === "radio" ? `${field.name}=${field.value}` : field.name);

export function keepDrafts(root) {
  const forms = [...root.querySelectorAll("form[data-draft]")];
  if (root.matches?.("form[data-draft]")) forms.push(root);
  forms.forEach(keepDraft);
}

function keepDraft(form) {
  if (form.dataset.draftKept) return;
  form.dataset.draftKept = "true";
  const key = keyOf(form);
  restore(form, key);
  let timer;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => sessionStorage.setItem(key, JSON.stringify(
      Object.fromEntries(fieldsOf(form).map((field) => [slot(field), valueOf(field)])),
    )), 300);
  });
  const forget = () => { clearTimeout(timer); sessionStorage.removeItem(key); };
  if (form.matches("[hx-post]")) {
    form.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful && event.target === form) forget(); });
  } else {
    // A refused form comes back with its values from the server.
    form.addEventListener("submit", forget);
  }
}

function restore(form, key) {
  const kept = JSON.parse(sessionStorage.getItem(key) ?? "null");
  if (!kept || form.querySelector(".is-invalid, .errs")) return;
  const changed = fieldsOf(form).filter((field) => slot(field) in kept && kept[slot(field)] !== valueOf(field));
  if (!changed.length) return;
  changed.forEach((field) => {
    if (["checkbox", "radio"].includes(field.type)) field.checked = kept[slot(field)];
    else field.value = kept[slot(field)];
  });
  form.prepend(notice(form, key));
}

function notice(form, key) {
  const line = document.createElement("div");
  line.className = "draft1";
  line.textContent = say("draft");
  const discard = document.createElement("button");
  discard.type = "button";
  discard.textContent = say("discard");
  discard.addEventListener("click", () => {
    sessionStorage.removeItem(key);
    form.reset();
    line.remove();
  });
  line.append(discard);
  return line;
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-log-out]")) return;
  Object.keys(sessionStorage).filter((key) => key.startsWith("draft:")).forEach((key) => sessionStorage.removeItem(key));
});
