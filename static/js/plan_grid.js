// The grid of the plan: sums follow what is typed, a changed cell is kept, a chosen one says why it is what it
// is, Enter and arrows walk the column.
const grid = document.querySelector(".pgrid");
const lock = document.querySelector("[data-lock]");
const language = document.documentElement.lang || "ru";
const shown = new Intl.NumberFormat(language === "ru" ? "ru-RU" : "en-US", { maximumFractionDigits: 0 });
const NAME = /^a-(\d+)-(\d+)$/;
const note = document.querySelector("[data-lock-note]");
const advice = note?.textContent;
let last = null;

// Cents, so that sums do not drift; NaN for what is not a number.
function cents(text) {
  const plain = text.replace(/[\s\u00a0\u202f]/g, "");
  if (!plain) return 0;
  const read = language === "ru" ? plain.replace(",", ".") : plain.replace(/,(?=\d{3})/g, "").replace(",", ".");
  return Math.round(Number(read) * 100);
}

function cells() {
  return [...grid.querySelectorAll("input[name^='a-']")].map((input) => {
    const [, person, month] = input.name.match(NAME);
    return { person, month: Number(month), value: cents(input.value) || 0 };
  });
}

function written(total) {
  return shown.format(total / 100).replace("-", "−");
}

function addUp(found, row) {
  const total = (keep) => found.filter(keep).reduce((sum, cell) => sum + cell.value, 0);
  for (const place of row.querySelectorAll("[data-month]")) place.textContent = written(total((cell) => cell.month === Number(place.dataset.month)));
  for (const place of row.querySelectorAll("[data-quarter]")) place.textContent = written(total((cell) => Math.ceil(cell.month / 3) === Number(place.dataset.quarter)));
  row.querySelector("[data-year]").textContent = written(total(() => true));
}

function recount(person) {
  const all = cells();
  for (const row of grid.querySelectorAll("[data-people]")) {
    const people = row.dataset.people.split(" ");
    if (people.includes(person)) addUp(all.filter((cell) => people.includes(cell.person)), row);
  }
  addUp(all.filter((cell) => cell.person === person), grid.querySelector(`[data-person="${person}"]`));
  const whole = document.querySelector("[data-sum]");
  if (whole) whole.textContent = whole.textContent.replace(/[\d–][\d\s\u00a0\u202f,.]*\d|[\d–]/, written(all.reduce((sum, cell) => sum + cell.value, 0)));
}

function keep(input, wanted) {
  const cell = input.closest("td");
  const [, person, month] = input.name.match(NAME);
  cell.querySelector("[name=keep]")?.remove();
  cell.classList.toggle("kept", wanted);
  if (wanted) cell.append(Object.assign(document.createElement("input"), { type: "hidden", name: "keep", value: `c${person}-${month}` }));
  press();
}

function press() {
  lock.disabled = !last;
  lock.setAttribute("aria-pressed", String(Boolean(last?.closest("td").classList.contains("kept"))));
}

grid.addEventListener("input", ({ target }) => {
  if (!NAME.test(target.name)) return;
  const isNumber = !Number.isNaN(cents(target.value));
  target.toggleAttribute("aria-invalid", !isNumber);
  if (!isNumber) target.setAttribute("aria-invalid", "true");
  keep(target, true);
  recount(target.name.match(NAME)[1]);
});

grid.addEventListener("focusin", ({ target }) => {
  if (!NAME.test(target.name)) return;
  last = target;
  press();
  note.textContent = target.closest("td").title || advice;
});

grid.addEventListener("keydown", (event) => {
  const step = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !NAME.test(event.target.name)) return;
  event.preventDefault();
  const month = event.target.name.match(NAME)[2];
  const column = [...grid.querySelectorAll(`input[name^="a-"][name$="-${month}"]`)];
  const next = column[column.indexOf(event.target) + step];
  next?.focus();
  next?.select();
});

lock?.addEventListener("click", () => last && keep(last, !last.closest("td").classList.contains("kept")));
