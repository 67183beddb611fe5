/** ECharts as far as we use it: loaded when the first chart is shown, drawn as SVG in the colors of the tokens. */

import { BarChart, LineChart } from "echarts/charts"
import { AriaComponent, GridComponent, TooltipComponent } from "echarts/components"
import { type ECharts, init, use } from "echarts/core"
import { SVGRenderer } from "echarts/renderers"
import type { Figures } from "./table"

use([BarChart, LineChart, GridComponent, TooltipComponent, AriaComponent, SVGRenderer])

export interface Drawing {
  kind: "line" | "bar"
  figures: Figures
  /** A value as the tooltip says it, and as the axis does. */
  say: (value: number) => string
  short: (value: number) => string
  /** Things that are counted: no marks between whole numbers. */
  whole?: boolean
  onPick?: (index: number) => void
}

/** A chart in an element, until `dispose`. */
export function draw(element: HTMLElement): {
  show: (drawing: Drawing) => void
  fit: () => void
  dispose: () => void
} {
  const chart: ECharts = init(element, null, { renderer: "svg" })
  let pick: ((index: number) => void) | undefined
  // The whole column answers, not only the few pixels of the line.
  chart.getZr().on("click", (event) => {
    const point = [event.offsetX, event.offsetY]
    if (!pick || !chart.containPixel("grid", point)) return
    const at = chart.convertFromPixel({ gridIndex: 0 }, point)[0]
    if (at !== undefined) pick(Math.round(at))
  })
  chart.getZr().on("mousemove", (event) => {
    const inside = pick && chart.containPixel("grid", [event.offsetX, event.offsetY])
    chart.getZr().setCursorStyle(inside ? "pointer" : "default")
  })
  return {
    show(drawing) {
      pick = drawing.onPick
      chart.setOption(optionOf(drawing, tokens(element)), true)
    },
    fit: () => chart.resize(),
    dispose: () => chart.dispose(),
  }
}

type Token = (name: string) => string

function tokens(element: HTMLElement): Token {
  const style = getComputedStyle(element)
  return (name) => style.getPropertyValue(`--${name}`).trim()
}

function optionOf({ kind, figures, say, short, whole }: Drawing, token: Token) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches
  const text = { color: token("muted"), fontFamily: token("font"), fontSize: 12 }
  const colors = figures.series.map((one, at) => (one.faded ? token("edge") : token(`chart-${at + 1}`)))
  return {
    animation: !still,
    animationDuration: 160,
    textStyle: text,
    grid: { left: 4, right: 8, top: 12, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    tooltip: {
      trigger: "axis",
      appendTo: "body",
      confine: true,
      backgroundColor: token("raised"),
      borderColor: token("hairline"),
      textStyle: { ...text, color: token("ink") },
      axisPointer:
        kind === "bar"
          ? { type: "shadow", shadowStyle: { color: token("hover"), opacity: 0.6 } }
          : { type: "line", lineStyle: { color: token("edge"), type: "solid" } },
      valueFormatter: (value: unknown) => (typeof value === "number" ? say(value) : "–"),
    },
    xAxis: {
      type: "category",
      data: figures.labels,
      boundaryGap: kind === "bar",
      axisLine: { lineStyle: { color: token("hairline") } },
      axisTick: { show: false },
      axisLabel: { ...text, hideOverlap: true, margin: 10 },
    },
    yAxis: {
      type: "value",
      splitNumber: 4,
      minInterval: whole ? 1 : undefined,
      splitLine: { lineStyle: { color: token("hairline") } },
      axisLabel: { ...text, formatter: short },
    },
    series: figures.series.map((one, at) => ({
      name: one.name,
      type: kind,
      data: one.values,
      z: one.faded ? 1 : 2,
      color: colors[at],
      ...(kind === "bar"
        ? { barMaxWidth: 18, barGap: "10%", itemStyle: { borderRadius: [2, 2, 0, 0], opacity: one.faded ? 0.45 : 1 } }
        : {
            symbol: "circle",
            symbolSize: 6,
            showSymbol: figures.labels.length === 1,
            lineStyle: { width: one.faded ? 1.5 : 2.25, type: one.faded ? "dashed" : "solid" },
            areaStyle: one.faded ? undefined : { opacity: 0.08 },
          }),
    })),
  }
}
