// A form is sent once: its buttons rest until the answer comes.
const rest = (form, busy) => {
  form.querySelectorAll("button:not([type=button]), input[type=submit]").forEach((button) => {
    button.disabled = busy;
  });
};

export function guardSubmits() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.dataset.busy) {
      if (form.dataset.busy) event.preventDefault();
      return;
    }
    if (form.method !== "post" && !form.matches("[hx-post], [data-hx-post]")) return;
    form.dataset.busy = "true";
    event.submitter?.setAttribute("aria-busy", "true");
    // After this task, so that the pressed button's own name and value are still sent.
    setTimeout(() => rest(form, true));
  }, true);
  const release = (form) => {
    delete form.dataset.busy;
    form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
    rest(form, false);
  };
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest?.("form");
    if (form) release(form);
  });
  // Coming back by the browser's own button shows the page as it was left.
  addEventListener("pageshow", () => document.querySelectorAll("form[data-busy]").forEach(release));
}
