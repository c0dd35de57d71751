/* Draws every [data-chart] figure from the JSON inside it; the table beside it holds the same numbers. */
(() => {
  "use strict";
  const live = new Map();
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--gz-${name}`).trim();
  const tones = () => ({
    accent: token("accent"), accent2: token("accent-line"), grey: token("line-2"), blue: token("blue"),
    amber: token("amber"), green: token("green"), red: token("red"),
  });
  const shown = (digits) => (value) => value == null || value === "-" ? "—"
    : Number(value).toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });

  const seriesOf = (chart, color) => chart.series.map((series, index) => ({
    name: series.name,
    type: series.kind === "bar" ? "bar" : "line",
    data: series.values.map((value) => (value == null ? "-" : value)),
    stack: series.stack || undefined,
    color: color[series.tone] || color.accent,
    barMaxWidth: 26,
    symbol: "circle",
    symbolSize: 7,
    showSymbol: chart.labels.length <= 40,
    connectNulls: false,
    lineStyle: { width: 2, type: series.is_dashed ? "dashed" : "solid" },
    areaStyle: series.kind === "area" ? { opacity: 0.14 } : undefined,
    itemStyle: series.kind === "bar" ? { borderRadius: 2 } : undefined,
    markLine: index === 0 && chart.marks.length ? {
      silent: true, symbol: "none",
      lineStyle: { color: color.amber, type: "dashed" },
      label: { color: token("ink-2"), formatter: "{b}", position: "insideEndTop" },
      data: chart.marks.map(([name, value]) => (chart.is_horizontal ? { name, xAxis: value } : { name, yAxis: value })),
    } : undefined,
  }));

  const optionOf = (chart) => {
    const ink = token("ink-2");
    const line = token("line");
    const format = shown(chart.digits);
    const places = {
      type: "category", data: chart.labels, axisTick: { show: false },
      axisLine: { lineStyle: { color: token("line-2") } }, axisLabel: { color: ink, hideOverlap: true },
      inverse: chart.is_horizontal,
    };
    const values = {
      type: "value", min: chart.lowest ?? undefined, max: chart.highest ?? undefined, name: chart.unit,
      nameTextStyle: { color: ink, align: "left" }, axisLabel: { color: ink, formatter: (v) => v.toLocaleString("en-US") },
      splitLine: { lineStyle: { color: line } },
    };
    return {
      animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      animationDuration: 300,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 12 },
      grid: { left: 4, right: 12, top: chart.series.length > 1 ? 44 : chart.unit ? 30 : 12, bottom: 4, containLabel: true },
      legend: chart.series.length > 1
        ? { top: 0, right: 0, itemWidth: 12, itemHeight: 8, icon: "roundRect", textStyle: { color: token("ink") } } : undefined,
      tooltip: {
        trigger: "axis", renderMode: "richText", valueFormatter: format, backgroundColor: token("surface"),
        borderColor: token("line-2"), textStyle: { color: token("ink"), fontSize: 12 }, axisPointer: { type: "shadow", shadowStyle: { opacity: 0.06 } },
      },
      xAxis: chart.is_horizontal ? values : places,
      yAxis: chart.is_horizontal ? places : values,
      series: seriesOf(chart, tones()),
    };
  };

  const draw = (figure) => {
    const box = figure.querySelector(".gz-chart-box");
    const chart = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
    try {
      const made = live.get(box) || echarts.init(box, null, { renderer: "canvas" });
      live.set(box, made);
      made.setOption(optionOf(chart), true);
    } catch {
      box.textContent = window.gongzao?.words.chartFailed || "";
      figure.querySelector("details").open = true;
    }
  };
  const drawAll = () => {
    for (const [box, made] of live) if (!box.isConnected) { made.dispose(); live.delete(box); }
    document.querySelectorAll("[data-chart]").forEach(draw);
  };
  let timer = 0;
  addEventListener("resize", () => { clearTimeout(timer); timer = setTimeout(() => live.forEach((made) => made.resize()), 120); });
  document.addEventListener("gz:theme", drawAll);
  document.addEventListener("htmx:afterSettle", drawAll);
  drawAll();
})();
