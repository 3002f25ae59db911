// Widths and places that come from data; the policy of the page forbids style attributes.
export function applyWidths(root) {
  const place = (element) => {
    if (element.dataset.w !== undefined) element.style.width = `${element.dataset.w}%`;
    if (element.dataset.l !== undefined) element.style.left = `${element.dataset.l}%`;
  };
  if (root.matches?.("[data-w], [data-l]")) place(root);
  root.querySelectorAll("[data-w], [data-l]").forEach(place);
  root.querySelectorAll(".tl").forEach(watchLabels);
}

// Sizes change with the window, and once more when the font arrives.
const observer = new ResizeObserver((entries) => {
  new Set(entries.map((entry) => entry.target.closest(".tl"))).forEach(spread);
});

function watchLabels(line) {
  spread(line);
  [line, ...line.querySelectorAll("span[data-l]")].forEach((element) => observer.observe(element));
}

// Labels under a bar stand at their marks, but neither leave the line nor cover each other.
function spread(line) {
  const room = line.clientWidth;
  const gap = 10;
  const labels = [...line.querySelectorAll("span[data-l]")]
    .map((label) => ({ label, width: label.offsetWidth, at: (room * label.dataset.l) / 100 }))
    .sort((one, other) => one.at - other.at);
  const total = labels.reduce((sum, one) => sum + one.width + gap, -gap);
  line.classList.toggle("flow", total > room);
  if (total > room) return;
  let from = 0;
  labels.forEach((one) => {
    one.left = Math.max(one.at - one.width / 2, from);
    from = one.left + one.width + gap;
  });
  let to = room;
  [...labels].reverse().forEach((one) => {
    one.left = Math.min(one.left, to - one.width);
    to = one.left - gap;
    one.label.style.left = `${one.left}px`;
    one.label.style.transform = "none";
  });
}
