// Charts that read the colours of the page: <div data-chart="plan-fact" data-source="id of the JSON">.
// Plan is always dashed grey, fact solid blue, forecast dotted inside its two bands.
import { bring } from "./lazy.js";
import { language, say } from "./texts.js";
import { waterfall } from "./waterfall.js";
import { planFact } from "./plan_fact.js";
import { rates } from "./rates.js";
import { months } from "./months.js";

const BUILDERS = { "plan-fact": planFact, line: planFact, rates, waterfall, months };
const drawn = new Set();

// What builders need to know of the page: colours, numbers, the room there is.
function surroundings(element) {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const number = (value, digits = 2) => new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits })
    .format(Math.abs(value)).replace(/^/, value < 0 ? "−" : "");
  const text = { fontFamily: "Inter Variable, Inter, sans-serif", fontSize: 12, color: colour("--ink-2") };
  return {
    colour, number, text, say,
    signed: (value, digits = 2) => (value > 0 ? "+" : "") + number(value, digits),
    day: (iso) => new Intl.DateTimeFormat(language === "ru" ? "ru-RU" : "en-GB", language === "ru" ? { day: "2-digit", month: "2-digit" } : { day: "numeric", month: "short" }).format(new Date(`${iso}T12:00`)),
    width: element.clientWidth,
    height: element.clientHeight,
    axis: { axisLine: { lineStyle: { color: colour("--line") } }, axisTick: { show: false }, axisLabel: text, splitLine: { lineStyle: { color: colour("--line") } } },
  };
}

function draw(element) {
  const data = JSON.parse(document.getElementById(element.dataset.source).textContent);
  const around = surroundings(element);
  const chart = window.echarts.getInstanceByDom(element) ?? window.echarts.init(element, null, { renderer: "svg" });
  chart.setOption({
    animation: false,
    textStyle: around.text,
    aria: { enabled: false },
    // The HTML tooltip would need inline styles, which the policy of the page forbids.
    tooltip: { renderMode: "richText", trigger: "axis", backgroundColor: around.colour("--surface"), borderColor: around.colour("--line-strong"), textStyle: { ...around.text, color: around.colour("--ink") } },
    ...BUILDERS[element.dataset.chart](data, around, element.dataset),
  }, true);
}

const resized = new ResizeObserver((entries) => entries.forEach(({ target }) => {
  const chart = window.echarts.getInstanceByDom(target);
  if (!chart || !target.clientWidth || chart.getWidth() === target.clientWidth) return;
  chart.resize();
  draw(target);
}));

export async function drawCharts(root) {
  const elements = [...root.querySelectorAll("[data-chart]")];
  if (root.matches?.("[data-chart]")) elements.push(root);
  const [isThere] = await Promise.all([bring(document.body.dataset.echarts), document.fonts.ready]);
  if (!isThere) return;
  elements.forEach((element) => {
    draw(element);
    drawn.add(element);
    resized.observe(element);
    element.dataset.drawn = "true";
  });
}

document.documentElement.addEventListener("themechange", () => {
  drawn.forEach((element) => {
    if (element.isConnected) draw(element);
    else drawn.delete(element);
  });
});
