// Pages without a person: only the way back, and buttons that cannot be pressed twice.
import { guardSubmits } from "./submits.js";

guardSubmits();
document.addEventListener("click", (event) => {
  const back = event.target.closest("[data-back]");
  if (back && history.length > 1) {
    event.preventDefault();
    history.back();
  }
});
for (const key of Object.keys(sessionStorage)) {
  if (key.startsWith("draft:") && document.querySelector("[data-forget-drafts]")) sessionStorage.removeItem(key);
}
