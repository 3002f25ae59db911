// Why there is a gap, from left to right: {unit, terms: [{label, note, value, is_total}]}.
// Terms add up exactly to the last total. The axis is cut, so totals are marks and not bars.
const round = (value) => Math.round(value * 10000) / 10000;

function bounds(levels) {
  const low = Math.min(...levels);
  const high = Math.max(...levels);
  const step = 10 ** Math.floor(Math.log10((high - low) / 3 || 1));
  const interval = [1, 2, 2.5, 5, 10].map((one) => one * step).find((one) => one * 4 >= high - low) ?? step;
  return { min: round(Math.floor(low / interval) * interval), max: round(Math.ceil(high / interval) * interval), interval: round(interval) };
}

export function waterfall({ terms }, around, options) {
  const { colour, number, signed, text, axis } = around;
  const digits = Number(options.digits ?? 2);
  const base = [];
  const bars = [];
  const marks = [];
  const levels = [];
  let run = 0;
  terms.forEach((term, at) => {
    if (term.is_total) {
      run = term.value;
      base.push(0);
      bars.push(0);
      marks.push({ value: [run, at], symbolSize: [4, 30], itemStyle: { color: colour(at ? "--c-fact" : "--c-plan") } });
    } else {
      base.push(round(Math.min(run, run + term.value)));
      bars.push({ value: Math.abs(term.value), itemStyle: { color: colour(term.value < 0 ? "--c-bad" : "--c-good") } });
      run = round(run + term.value);
    }
    levels.push(run);
  });
  const scale = bounds(levels);
  const left = around.width < 420 ? 122 : 146;
  const names = { type: "category", inverse: true, data: terms.map((_, at) => at), axisTick: { show: false }, axisLine: { show: false } };
  const rich = {
    a: { ...text, fontSize: 13, fontWeight: 600, color: colour("--ink"), lineHeight: 18 },
    b: { ...text, color: colour("--ink-3"), lineHeight: 15 },
    t: { ...text, fontSize: 14, fontWeight: 650, color: colour("--ink") },
    n: { ...text, fontSize: 13, fontWeight: 600, color: colour("--bad") },
    p: { ...text, fontSize: 13, fontWeight: 600, color: colour("--good") },
  };
  const cut = (words) => (words.length > 24 ? `${words.slice(0, 23)}…` : words);
  const value = (term) => {
    if (term.is_total) return `{t|${number(term.value, digits)}}`;
    return term.value < 0 ? `{n|▼ ${signed(term.value, digits)}}` : `{p|▲ ${signed(term.value, digits)}}`;
  };
  return {
    grid: { left, right: 74, top: 0, bottom: 24 },
    tooltip: { show: false },
    yAxis: [
      { ...names, axisLabel: { interval: 0, align: "left", margin: left, rich, formatter: (at) => `{a|${terms[at].label}}${terms[at].note ? `\n{b|${cut(terms[at].note)}}` : ""}` } },
      { ...names, position: "right", axisLabel: { interval: 0, align: "right", margin: 72, rich, formatter: (at) => value(terms[at]) } },
    ],
    xAxis: { type: "value", ...scale, ...axis, axisLabel: { ...axis.axisLabel, formatter: (one) => number(one, scale.interval % 1 ? 1 : 0) } },
    series: [
      { type: "bar", stack: "terms", data: base, itemStyle: { color: "transparent" }, silent: true, barWidth: 24 },
      { type: "bar", stack: "terms", data: bars, barWidth: 24 },
      { type: "scatter", symbol: "rect", data: marks },
    ],
  };
}
