// The page's own behaviour; each module minds one thing and works on what is inside `root`.
import { applyWidths } from "./widths.js";
import { guardSubmits } from "./submits.js";
import { keepDrafts } from "./drafts.js";
import { keepFolds, listenToFolds } from "./folds.js";
import { listenToKeys } from "./keys.js";
import { listenToMenus } from "./menus.js";
import { listenToModals } from "./modals.js";
import { listenToRequests } from "./requests.js";
import { listenToSearch } from "./search.js";
import { listenToTheme } from "./switches.js";
import { showWaitingToasts } from "./toasts.js";
import { enrichFields } from "./fields.js";
import { listenToFills } from "./fill.js";

// A module that cannot be fetched (the network is away) leaves its part as the server drew it.
const asDrawn = () => {};

function enrich(root) {
  applyWidths(root);
  keepDrafts(root);
  keepFolds(root);
  enrichFields(root);
  if (root.querySelector("[data-chart]") || root.matches?.("[data-chart]")) {
    import("./charts.js").then((charts) => charts.drawCharts(root), asDrawn);
  }
  if (root.querySelector("select[data-select]")) {
    import("./selects.js").then((selects) => selects.enrichSelects(root), asDrawn);
  }
  if (root.querySelector("[data-board]") || root.matches?.("[data-board]")) {
    import("./board.js").then((board) => board.enableBoards(root), asDrawn);
  }
}

listenToRequests();
listenToMenus();
listenToModals();
listenToKeys();
listenToSearch();
listenToTheme();
listenToFills();
listenToFolds();
guardSubmits();
enrich(document);
showWaitingToasts(document);
// htmx tells of the page itself too, which is done above.
document.addEventListener("htmx:load", ({ detail: { elt } }) => { if (elt !== document.body) enrich(elt); });
document.documentElement.dataset.ready = "true";
