// <button data-fill="#field" data-value="…">: what is advised is put into the field by one click.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fill]");
  const field = button && document.querySelector(button.dataset.fill);
  if (!field) return;
  if (field.tomselect) field.tomselect.setValue(button.dataset.value);
  else {
    field.value = button.dataset.value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
  field.focus();
});
