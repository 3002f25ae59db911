// Suggestions under the search field: arrows choose, Enter opens, Esc puts away.
const parts = (field) => {
  const box = field.closest("[data-search]").querySelector(".found");
  return { box, hits: [...box.querySelectorAll(".hit")] };
};

function choose(field, step) {
  const { hits } = parts(field);
  if (!hits.length) return;
  const now = hits.findIndex((hit) => hit.classList.contains("sel"));
  const next = (now + step + hits.length) % hits.length;
  hits.forEach((hit, index) => {
    hit.classList.toggle("sel", index === next);
    hit.setAttribute("aria-selected", String(index === next));
    hit.id ||= `hit-${index}`;
  });
  field.setAttribute("aria-activedescendant", hits[next].id);
  hits[next].scrollIntoView({ block: "nearest" });
}

function putAway(field) {
  parts(field).box.replaceChildren();
  field.setAttribute("aria-expanded", "false");
  field.removeAttribute("aria-activedescendant");
}

export function listenToSearch() {
  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!field.matches?.("[data-search] input[type=search]")) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      choose(field, event.key === "ArrowDown" ? 1 : -1);
      event.preventDefault();
    } else if (event.key === "Escape") {
      putAway(field);
      field.blur();
    } else if (event.key === "Enter") {
      const chosen = parts(field).box.querySelector(".hit.sel");
      if (chosen) {
        event.preventDefault();
        chosen.click();
      }
    }
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (!event.detail.target.matches?.(".found")) return;
    const field = event.detail.target.closest("[data-search]").querySelector("input");
    field.setAttribute("aria-expanded", String(event.detail.target.childElementCount > 0));
  });
  document.addEventListener("click", (event) => {
    document.querySelectorAll("[data-search]").forEach((form) => {
      if (!form.contains(event.target)) putAway(form.querySelector("input[type=search]"));
    });
  });
}
