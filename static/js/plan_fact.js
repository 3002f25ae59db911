// Cumulative lines by day: {unit, days: [iso], plan: [], fact: [], forecast: {middle, low50, high50, low80, high80}}.
// The forecast's first value stands on the last day of the fact. `line` is the same without the forecast.
const round = (value) => Math.round(value * 100) / 100;

function nice(top) {
  const step = 10 ** Math.floor(Math.log10(top / 3 || 1));
  const interval = [1, 2, 2.5, 5, 10].map((one) => one * step).find((one) => one * 3 >= top) ?? step;
  return { max: round(interval * Math.ceil(top / interval)), interval: round(interval) };
}

export function planFact(data, around, options) {
  const { colour, number, say, axis, text } = around;
  const { days, fact = [], forecast } = data;
  const plan = data.plan ?? [];
  const last = fact.length - 1;
  const digits = Number(options.digits ?? 2);
  const small = around.height < 200;
  const label = (name, series) => `${name} ${short(series[series.length - 1])}`;
  // Thousands need no fractions at the end of a line, millions one.
  const short = (value) => number(value, Math.abs(value) >= 1000 ? 0 : Math.min(digits, 1));
  const later = (values) => [...Array(Math.max(last, 0)).fill(null), ...values].slice(0, days.length);
  const top = Math.max(...plan, ...fact, ...(forecast?.high80 ?? []), 0) * (small ? 1.02 : 1.04);
  const scale = nice(top || 1);

  const end = (words, tint, shift) => ({ show: true, formatter: words, ...text, color: tint, fontWeight: 600, distance: 6, offset: [0, shift] });
  const band = (name, low, high, tint) => [
    { type: "line", stack: name, symbol: "none", silent: true, lineStyle: { opacity: 0 }, data: later(low), tooltip: { show: false } },
    { type: "line", stack: name, symbol: "none", silent: true, lineStyle: { opacity: 0 }, areaStyle: { color: tint, opacity: 1 }, data: later(high.map((value, at) => round(value - low[at]))), tooltip: { show: false } },
  ];

  const planEnd = plan.at(-1);
  const middleEnd = forecast?.middle.at(-1);
  // Two labels at the right edge never stand on each other.
  const pixels = planEnd !== undefined && middleEnd !== undefined ? ((planEnd - middleEnd) / scale.max) * (around.height - 40) : 99;
  const push = Math.abs(pixels) < 18 ? (18 - Math.abs(pixels)) / 2 : 0;
  const up = pixels >= 0 ? -push : push;

  // About 7 points a letter of 12-point text.
  const words = [plan.length && label(say("plan"), plan), forecast && label(say("forecast"), forecast.middle)];
  const room = 18 + 7 * Math.max(0, ...words.filter(Boolean).map((text) => text.length));
  const isBehind = plan.length > last && last >= 0 && fact[last] < plan[last];

  const series = [];
  // A short history gives a middle without bands.
  if (forecast?.low80) {
    series.push(...band("far", forecast.low80, forecast.high80, colour("--c-fan2")), ...band("near", forecast.low50, forecast.high50, colour("--c-fan1")));
  }
  if (plan.length) {
    series.push({ name: say("plan"), type: "line", data: plan, symbol: "none", lineStyle: { type: [6, 4], width: 1.5, color: colour("--c-plan") }, itemStyle: { color: colour("--c-plan") }, endLabel: end(label(say("plan"), plan), colour("--ink-2"), up) });
  }
  if (forecast) {
    series.push({ name: say("forecast"), type: "line", data: later(forecast.middle), symbol: "none", lineStyle: { type: [2, 3], width: 2, color: colour("--c-fact") }, itemStyle: { color: colour("--c-fact") }, endLabel: end(label(say("forecast"), forecast.middle), colour("--accent"), -up) });
  }
  if (fact.length) {
    const right = last > days.length * 0.7;
    series.push({
      name: say("fact"), type: "line", data: fact, symbol: "none", lineStyle: { width: 2.5, color: colour("--c-fact") }, itemStyle: { color: colour("--c-fact") },
      markPoint: { symbol: "circle", symbolSize: 8, itemStyle: { color: colour("--c-fact") }, data: [{ coord: [days[last], fact[last]] }], label: { show: !small, position: isBehind ? "bottom" : "top", offset: right ? [isBehind ? 30 : -30, isBehind ? 6 : 0] : [12, 0], formatter: `${say("fact")} ${short(fact[last])}`, ...text, color: colour("--ink"), fontWeight: 600 } },
    });
  }
  const every = Math.ceil(days.length / (around.width < 420 ? 4 : around.width < 700 ? 7 : 10));
  return {
    grid: { left: 4, right: plan.length || forecast ? room : 12, top: 12, bottom: 6, containLabel: true },
    xAxis: { type: "category", boundaryGap: false, data: days, ...axis, axisLabel: { ...axis.axisLabel, formatter: around.day, interval: (at) => (days.length - 1 - at) % every === 0 } },
    yAxis: { type: "value", min: 0, ...scale, ...axis, axisLabel: { ...axis.axisLabel, formatter: (value) => number(value, scale.interval % 1 ? 1 : 0) } },
    tooltip: {
      renderMode: "richText", trigger: "axis", backgroundColor: colour("--surface"), borderColor: colour("--line-strong"), textStyle: { ...text, color: colour("--ink") },
      formatter: (points) => [around.day(points[0].axisValue), ...points.filter((point) => point.seriesName && !point.seriesName.startsWith("series") && point.value != null).map((point) => `${point.seriesName}: ${number(point.value, digits)}`)].join("\n"),
    },
    series,
  };
}
