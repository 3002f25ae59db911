// <button data-fill="name" data-value="…"> writes the value into that field of its form.
export function listenToFills() {
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-fill]");
    const field = button?.form?.elements.namedItem(button.dataset.fill);
    if (!field) return;
    field.value = button.dataset.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
}
