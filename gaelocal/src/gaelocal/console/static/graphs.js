// Graphs over time by uPlot: each .graph element has its title, its series and its points as attributes.
const graphs = new Map();

function colours() {
  const style = getComputedStyle(document.documentElement);
  return ["--accent", "--good", "--warn", "--bad"].map((name) => style.getPropertyValue(name).trim());
}

function shown(value, unit) {
  if (value == null) return "–";
  if (unit === "bytes") return `${(value / 1048576).toFixed(value < 10485760 ? 1 : 0)} MB`;
  return `${Number(value.toFixed(2))} ${unit}`;
}

function options(element) {
  const style = getComputedStyle(document.documentElement);
  const ink = style.getPropertyValue("--soft").trim();
  const line = { stroke: style.getPropertyValue("--line").trim(), width: 1 };
  const unit = element.dataset.unit;
  const names = JSON.parse(element.dataset.names);
  return {
    width: element.clientWidth || 300,
    height: 180,
    cursor: { y: false },
    legend: { live: true },
    scales: { y: { range: (_plot, _low, high) => [0, Math.max(high || 0, unit === "bytes" ? 1048576 : 1) * 1.1] } },
    axes: [
      { stroke: ink, grid: line, ticks: line, values: [[60, "{HH}:{mm}"], [1, "{HH}:{mm}:{ss}"]], space: 70 },
      { stroke: ink, grid: line, ticks: line, size: 66, values: (_plot, ticks) => ticks.map((tick) => shown(tick, unit)) },
    ],
    series: [
      { label: "Time", value: (_plot, at) => (at == null ? "–" : new Date(at * 1000).toLocaleTimeString()) },
      ...names.map((name, index) => ({
        label: name, stroke: colours()[index % 4], width: 2, points: { show: false }, value: (_plot, value) => shown(value, unit),
      })),
    ],
  };
}

export function drawGraphs() {
  for (const [element, graph] of graphs) {
    if (!element.isConnected) {
      graph.plot.destroy();
      graphs.delete(element);
    }
  }
  if (!window.uPlot) return;
  for (const element of document.querySelectorAll(".graph")) {
    const known = graphs.get(element);
    if (known?.points === element.dataset.points) continue;
    const points = JSON.parse(element.dataset.points);
    if (known && known.names === element.dataset.names) {
      known.plot.setData(points);
      known.points = element.dataset.points;
      continue;
    }
    known?.plot.destroy();
    element.replaceChildren();
    const plot = new window.uPlot(options(element), points, element);
    graphs.set(element, { plot, points: element.dataset.points, names: element.dataset.names });
  }
}

export function keepGraph(old, fresh) {
  for (const name of ["points", "names", "unit"]) old.dataset[name] = fresh.dataset[name];
  old.setAttribute("aria-label", fresh.getAttribute("aria-label"));
  return false;
}

window.addEventListener("resize", () => {
  for (const [element, graph] of graphs) graph.plot.setSize({ width: element.clientWidth, height: 180 });
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  for (const [element, graph] of graphs) {
    graph.plot.destroy();
    graphs.delete(element);
  }
  drawGraphs();
});
