// A figure by month: {unit, name, labels: [words], values: [number or null]}; a gap where there is none.
export function months({ labels, values, name }, around) {
  const { colour, number, text, axis } = around;
  const largest = Math.max(...values.filter((value) => value !== null).map(Math.abs), 0);
  const digits = largest >= 100 ? 0 : 1;
  const every = Math.ceil(labels.length / (around.width < 420 ? 4 : around.width < 700 ? 7 : 13));
  return {
    grid: { left: 4, right: 28, top: 16, bottom: 6, containLabel: true },
    xAxis: { type: "category", boundaryGap: false, data: labels, ...axis, axisLabel: { ...axis.axisLabel, interval: (at) => (labels.length - 1 - at) % every === 0 } },
    yAxis: { type: "value", splitNumber: 3, ...axis, axisLabel: { ...axis.axisLabel, formatter: (value) => number(value, value % 1 ? 1 : 0) } },
    tooltip: {
      renderMode: "richText", trigger: "axis", backgroundColor: colour("--surface"), borderColor: colour("--line-strong"), textStyle: { ...text, color: colour("--ink") },
      formatter: ([point]) => `${point.axisValue}\n${name}: ${point.value === null || point.value === undefined ? "–" : number(point.value, digits)}`,
    },
    series: [{ name, type: "line", data: values, symbol: "circle", symbolSize: 6, lineStyle: { width: 2.5, color: colour("--c-fact") }, itemStyle: { color: colour("--c-fact") } }],
  };
}
