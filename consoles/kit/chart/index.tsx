/** Charts: each is its figures first - as a drawing, as a table, as a file - and leads to the rows behind them. */

import { BarChartOutlined, DownloadOutlined, TableOutlined } from "@ant-design/icons"
import { Button, Tooltip } from "antd"
import { type ReactNode, useEffect, useRef, useState } from "react"
import { saveAs } from "../list/export"
import { useTheme } from "../theme/antd"
import { defineWords, useLocale, useWords } from "../words"
import type { Drawing } from "./drawing"
import { csvOf, type Figures } from "./table"
import "./chart.css"

export type { Figures, Series } from "./table"

const words = defineWords({
  en: { table: "Show as a table", chart: "Show as a chart", file: "Download as CSV" },
  zh: { table: "以表格查看", chart: "以图表查看", file: "下载 CSV" },
})

export interface ChartCardProps extends Drawing {
  title: string
  /** One line under the title. */
  lead?: ReactNode
  /** A value as the file has it. */
  write: (value: number) => string
  /** Where a row of the table leads, in the words of `onPick`. */
  pickLabel?: string
  height?: number
}

export function ChartCard(props: ChartCardProps) {
  const t = useWords(words)
  const [asTable, showTable] = useState(false)
  const { title, lead, figures, write, height = 240 } = props
  return (
    <section className="chart-card">
      <header>
        <div>
          <h2>{title}</h2>
          {lead ? <p className="muted">{lead}</p> : null}
        </div>
        <span className="spring" />
        <Legend figures={figures} />
        <Tooltip title={asTable ? t("chart") : t("table")}>
          <Button
            type="text"
            size="small"
            icon={asTable ? <BarChartOutlined /> : <TableOutlined />}
            aria-label={`${title}: ${asTable ? t("chart") : t("table")}`}
            aria-pressed={asTable}
            onClick={() => showTable(!asTable)}
          />
        </Tooltip>
        <Tooltip title={t("file")}>
          <Button
            type="text"
            size="small"
            icon={<DownloadOutlined />}
            aria-label={`${title}: ${t("file")}`}
            onClick={() => saveAs(new Blob([csvOf(figures, write)], { type: "text/csv" }), `${title}.csv`)}
          />
        </Tooltip>
      </header>
      {asTable ? <FigureTable {...props} /> : <Chart {...props} label={title} height={height} />}
    </section>
  )
}

function Legend({ figures }: { figures: Figures }) {
  if (figures.series.length < 2) return null
  return (
    <ul className="chart-legend">
      {figures.series.map((one, at) => (
        <li key={one.name}>
          <i className={one.faded ? "faded" : `c${at + 1}`} aria-hidden="true" />
          {one.name}
        </li>
      ))}
    </ul>
  )
}

/** The drawing alone. What it shows is also said: a table is one button away. */
export function Chart(props: Drawing & { label: string; height: number }) {
  const { kind, figures, say, short, whole, onPick, label, height } = props
  const element = useRef<HTMLDivElement>(null)
  const drawn = useRef<ReturnType<typeof import("./drawing").draw>>(null)
  const [ready, setReady] = useState(false)
  const theme = useTheme()
  const locale = useLocale()

  useEffect(() => {
    let gone = false
    const here = element.current
    const sizes = new ResizeObserver(() => drawn.current?.fit())
    void import("./drawing").then(({ draw }) => {
      if (gone || !here) return
      drawn.current = draw(here)
      sizes.observe(here)
      setReady(true)
    })
    return () => {
      gone = true
      sizes.disconnect()
      drawn.current?.dispose()
      drawn.current = null
    }
  }, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: colors and words change with theme and language
  useEffect(() => {
    if (ready) drawn.current?.show({ kind, figures, say, short, whole, onPick })
  }, [ready, kind, figures, say, short, whole, onPick, theme, locale])

  return (
    <div
      ref={element}
      className={ready ? "chart" : "chart waiting-chart"}
      style={{ height }}
      role="img"
      aria-label={label}
    />
  )
}

function FigureTable({ title, figures, say, onPick, pickLabel }: ChartCardProps) {
  return (
    <div className="chart-table">
      <table className="plain" aria-label={title}>
        <thead>
          <tr>
            <th scope="col">{figures.by}</th>
            {figures.series.map((one) => (
              <th key={one.name} scope="col" className="end">
                {one.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {figures.labels.map((label, at) => (
            <tr key={label}>
              <th scope="row">
                {onPick ? (
                  <button type="button" className="as-link" title={pickLabel} onClick={() => onPick(at)}>
                    {label}
                  </button>
                ) : (
                  label
                )}
              </th>
              {figures.series.map((one) => {
                const value = one.values[at]
                return (
                  <td key={one.name} className={one.faded ? "end num muted" : "end num"}>
                    {value === null || value === undefined ? "–" : say(value)}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** By how much something rose or fell: a sign and an arrow besides the color, which means the opposite in Chinese. */
export function Delta({ now, before, none }: { now: number; before: number; none: string }) {
  if (before === 0) return <span className="delta muted">{none}</span>
  const tenths = Math.round(((now - before) * 1000) / Math.abs(before))
  const text = `${tenths > 0 ? "+" : tenths < 0 ? "\u2212" : ""}${(Math.abs(tenths) / 10).toFixed(1)}%`
  return (
    <span className={tenths > 0 ? "delta up" : tenths < 0 ? "delta down" : "delta muted"}>
      <span aria-hidden="true">{tenths > 0 ? "▲" : tenths < 0 ? "▼" : "■"}</span> {text}
    </span>
  )
}
