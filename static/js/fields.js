// Small manners of fields and tabs: sent on change, file zones, all boxes at once, link of an error to its field.
export function enrichFields(root) {
  root.querySelectorAll(".drop-zone").forEach(enableZone);
  root.querySelectorAll(".tabs1 .on").forEach(bringIntoSight);
}

// On a phone a row of tabs is wider than the screen.
function bringIntoSight(tab) {
  const row = tab.parentElement;
  row.scrollLeft = tab.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
}

function enableZone(zone) {
  const input = zone.querySelector("input[type=file]");
  const name = zone.querySelector("[data-file-name]");
  if (!input) return;
  const show = () => { if (name && input.files.length) name.textContent = [...input.files].map((file) => file.name).join(", "); };
  input.addEventListener("change", show);
  ["dragover", "dragenter"].forEach((kind) => zone.addEventListener(kind, (event) => {
    event.preventDefault();
    zone.classList.add("over");
  }));
  ["dragleave", "drop"].forEach((kind) => zone.addEventListener(kind, () => zone.classList.remove("over")));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    input.files = event.dataTransfer.files;
    show();
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.closest("[data-submit-on-change]") && !field.matches("[data-wait]")) field.form?.requestSubmit();
  if (field.matches("[data-check-all]")) {
    document.querySelectorAll(`input[name="${field.dataset.checkAll}"]`).forEach((box) => { box.checked = field.checked; });
    document.dispatchEvent(new CustomEvent("picked"));
  }
});

document.addEventListener("click", (event) => {
  const link = event.target.closest(".errs a[href^='#']");
  if (!link) return;
  const field = document.getElementById(link.getAttribute("href").slice(1));
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.scrollIntoView({ block: "center" });
});
