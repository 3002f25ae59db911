// Requests by htmx: the line of progress, and what is said when an answer is an error.
import { say } from "./texts.js";
import { toast } from "./toasts.js";

const REASONS = { 403: "forbidden", 404: "missing", 413: "too_large", 429: "too_many" };
let running = 0;

function count(change) {
  running = Math.max(running + change, 0);
  document.getElementById("loading")?.classList.toggle("on", running > 0);
}

// Polling is silent: its failures are shown by the next success or by the page itself.
const quiet = (event) => event.detail.elt?.closest("[data-quiet]");

export function listenToRequests() {
  document.addEventListener("htmx:beforeRequest", (event) => { if (!quiet(event)) count(1); });
  document.addEventListener("htmx:afterRequest", (event) => { if (!quiet(event)) count(-1); });
  document.addEventListener("htmx:sendError", (event) => { if (!quiet(event)) toast({ text: say("offline"), level: "bad" }); });
  document.addEventListener("htmx:timeout", () => toast({ text: say("offline"), level: "bad" }));
  document.addEventListener("htmx:responseError", (event) => { if (!quiet(event)) toast({ text: reason(event.detail.xhr), level: "bad" }); });
  document.addEventListener("htmx:beforeSwap", sentElsewhere);
}

// A sentence from the server is shown as it is (below, before the swap); a page is not.
function reason(xhr) {
  return isSentence(xhr) ? "" : say(REASONS[xhr.status] ?? "failed");
}

function isSentence(xhr) {
  const plain = (xhr.getResponseHeader("Content-Type") ?? "").startsWith("text/plain");
  return plain && xhr.responseText.length > 0 && xhr.responseText.length < 400;
}

// A sentence is never put in the place of a fragment; a whole page instead of a fragment means the
// log-in: the session has ended.
function sentElsewhere(event) {
  const { xhr, requestConfig, boosted } = event.detail;
  if (xhr.status >= 400 && isSentence(xhr)) {
    event.detail.shouldSwap = false;
    toast({ text: xhr.responseText, level: "bad" });
    return;
  }
  if (boosted || !/^\s*<!doctype html/i.test(xhr.responseText)) return;
  if (new URL(xhr.responseURL).pathname === new URL(requestConfig.path, location.href).pathname) return;
  event.detail.shouldSwap = false;
  toast({ text: say("signed_out"), level: "warn" });
  const next = encodeURIComponent(location.pathname + location.search);
  setTimeout(() => location.assign(`${new URL(xhr.responseURL).pathname}?next=${next}`), 1500);
}
