// <select data-select> becomes searchable; with data-select="/address" it asks the server:
// GET address?q=text answers {"results": [{"id": 1, "text": "…", "note": "…"}]}.
import { say } from "./texts.js";

let loading;

function load() {
  loading ??= new Promise((resolve, reject) => {
    const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: document.body.dataset.tomSelectCss });
    // Before our own sheets, so that they have the last word.
    document.head.querySelector("link[rel=stylesheet]").before(sheet);
    const script = Object.assign(document.createElement("script"), { src: document.body.dataset.tomSelect, onload: resolve, onerror: reject });
    document.head.append(script);
  });
  return loading;
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
  await load();
  root.querySelectorAll("select[data-select]:not(.tomselected)").forEach((select) => {
    new window.TomSelect(select, options(select));
  });
}
