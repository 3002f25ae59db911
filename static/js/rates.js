// Shares with their intervals: {unit, bars: [{label, n, value, low, high}]}; a bar without a value had too few cases.
function whisker({ colour, number, text }) {
  return (params, api) => {
    const [at, low, high] = [0, 1, 2].map((place) => api.value(place));
    const [x, top] = api.coord([at, high]);
    const [, bottom] = api.coord([at, low]);
    const words = { type: "text", style: { text: number(api.value(3), 0), x, y: top - 16, align: "center", fill: colour("--ink"), font: `600 12px ${text.fontFamily}` } };
    const line = (x1, y1, x2, y2) => ({ type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: colour("--ink"), lineWidth: 1.5 } });
    return { type: "group", children: [line(x, top, x, bottom), line(x - 5, top, x + 5, top), line(x - 5, bottom, x + 5, bottom), words] };
  };
}

export function rates({ bars }, around) {
  const { colour, number, text, axis } = around;
  const narrow = around.width < 480; // the table beside it says n there
  const shown = bars.map((bar, at) => ({ ...bar, at })).filter((bar) => bar.value !== null);
  return {
    grid: { left: 40, right: 8, top: 16, bottom: 42 },
    tooltip: { show: false },
    xAxis: { type: "category", data: bars.map((bar) => bar.label), ...axis, axisLabel: { ...text, interval: 0, formatter: (label, at) => (narrow ? label : `${label}\nn=${bars[at].n}`), lineHeight: 16, hideOverlap: false, rotate: narrow ? 45 : 0, fontSize: narrow ? 11 : 12 } },
    yAxis: { type: "value", min: 0, max: 100, interval: 25, ...axis, axisLabel: { ...axis.axisLabel, formatter: (one) => number(one, 0) } },
    series: [
      { type: "bar", data: bars.map((bar) => bar.value), barMaxWidth: 34, itemStyle: { color: colour("--c-fact") } },
      { type: "custom", renderItem: whisker(around), data: shown.map((bar) => [bar.at, bar.low, bar.high, bar.value]), z: 10, silent: true },
    ],
  };
}
