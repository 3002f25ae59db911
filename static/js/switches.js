// The theme changes at once; the choice is kept by the server.
import { say } from "./texts.js";
import { csrfToken, toast } from "./toasts.js";

export function listenToTheme() {
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-theme-form]") || !event.submitter) return;
    event.preventDefault();
    const chosen = event.submitter.value;
    document.documentElement.dataset.theme = chosen;
    window.applyTheme();
    event.target.querySelectorAll("button").forEach((button) => {
      button.setAttribute("aria-pressed", String(button.value === chosen));
    });
    const body = new URLSearchParams({ theme: chosen, csrfmiddlewaretoken: csrfToken() });
    fetch(event.target.action, { method: "POST", body, headers: { "HX-Request": "true" } })
      .catch(() => toast({ text: say("offline"), level: "bad" }));
  }, true);
}
