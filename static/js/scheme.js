// The sum of the weights while they are typed; the server counts it again.
const exact = (text) => Math.round(Number(text.replace(/[\s\u00a0]/g, "").replace(",", ".") || 0) * 100);

function show(form) {
  const sum = [...form.querySelectorAll("[data-weight]")].reduce((total, field) => total + (exact(field.value) || 0), 0);
  const place = form.querySelector("[data-weight-sum]");
  place.textContent = (sum / 100).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 2 });
  place.className = sum === 10000 ? "good" : "bad";
}

document.addEventListener("input", ({ target }) => { if (target.matches("[data-weight]")) show(target.form); });
