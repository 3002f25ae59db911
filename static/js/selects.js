// <select data-select> becomes searchable; with data-select="/address" it asks the server:
// GET address?q=text answers {"results": [{"id": 1, "text": "…", "note": "…"}]}.
import { bring } from "./lazy.js";
import { say } from "./texts.js";

let sheet;

function addSheet() {
  if (sheet) return;
  sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: document.body.dataset.tomSelectCss });
  // Before our own sheets, so that they have the last word.
  document.head.querySelector("link[rel=stylesheet]").before(sheet);
}

const escaped = (text) => Object.assign(document.createElement("span"), { textContent: text ?? "" }).innerHTML;

function options(select) {
  const address = select.dataset.select;
  const common = {
    maxOptions: 100,
    plugins: select.multiple ? ["remove_button"] : [],
    placeholder: select.dataset.placeholder,
    create: select.dataset.create === "true",
    render: {
      no_results: () => `<div class="no-results">${escaped(say("nothing_found"))}</div>`,
      loading: () => `<div class="no-results">${escaped(say("loading"))}</div>`,
      option: (item) => `<div class="option">${escaped(item.text)}${item.note ? `<small>${escaped(item.note)}</small>` : ""}</div>`,
    },
  };
  if (!address.startsWith("/")) return common;
  return {
    ...common,
    valueField: "id",
    labelField: "text",
    searchField: [],
    preload: "focus",
    load(text, done) {
      const url = new URL(address, location.href);
      url.searchParams.set("q", text);
      fetch(url, { headers: { Accept: "application/json" } })
        .then((answer) => (answer.ok ? answer.json() : { results: [] }))
        .then((answer) => done(answer.results))
        .catch(() => done());
    },
  };
}

export async function enrichSelects(root) {
  addSheet();
  if (!(await bring(document.body.dataset.tomSelect))) return;
  root.querySelectorAll("select[data-select]:not(.tomselected)").forEach((select) => {
    new window.TomSelect(select, options(select));
  });
}
