/** What the simulator's pages share: figures before and after, and small tables of words and numbers. */

import type { components } from "@kit/api/schema.gen"
import { Delta } from "@kit/chart"
import { countText, moneyText } from "@kit/format"
import { useWords } from "@kit/words"
import type { ReactNode } from "react"
import { words } from "./words"

export type Found = components["schemas"]["SimulationFoundView"]
export type Run = components["schemas"]["SimulationView"]
export type Sums = Run["before"]

export function net(sums: Sums): number {
  return (sums.gross ?? 0) - (sums.discount ?? 0)
}

/** What is left over what the goods cost, of those whose cost is known. */
export function margin(sums: Sums): number {
  return (sums.costed ?? 0) - (sums.cost ?? 0)
}

export function Figure(props: {
  name: string
  before?: number
  after?: number
  /** How a value is written. */
  say: (value: number) => string
  hint?: string
}) {
  const t = useWords(words)
  const { name, before = 0, after = 0, say, hint } = props
  return (
    <div className="sim-figure" title={hint}>
      <dt>{name}</dt>
      <dd className="now num">{say(after)}</dd>
      <dd className="was">
        <Delta now={after} before={before} none={t("noBefore")} />
        <span className="muted num">
          {t("before")} {say(before)}
        </span>
      </dd>
      {hint ? <dd className="hint muted">{hint}</dd> : null}
    </div>
  )
}

/** The first columns are words, the others figures. */
export function Table(props: {
  title: string
  lead?: string
  head: string[]
  rows: ReactNode[][]
  words?: number
  foot?: ReactNode
}) {
  const { title, lead, head, rows, words: count = 1 } = props
  const side = (at: number) => (at >= count ? "end num" : undefined)
  return (
    <section className="sim-table">
      <h2>{title}</h2>
      {lead ? <p>{lead}</p> : null}
      <table aria-label={title}>
        <thead>
          <tr>
            {head.map((name, at) => (
              <th key={name} scope="col" className={side(at)}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, no) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows do not move
            <tr key={no}>
              {row.map((cell, at) =>
                at === 0 ? (
                  <th key={head[at]} scope="row">
                    {cell}
                  </th>
                ) : (
                  <td key={head[at]} className={side(at)}>
                    {cell}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {props.foot}
    </section>
  )
}

/** Orders together, with how many of them come to more and to less. */
export function Spans(props: {
  title: string
  of: string
  spans: Found["levels"]
  currency: string
  nobody?: string
  foot?: ReactNode
}) {
  const t = useWords(words)
  const { spans, currency } = props
  if (!spans.length) return null
  return (
    <Table
      title={props.title}
      head={[props.of, t("sampled"), t("rose"), t("fell"), t("before"), t("after"), t("change")]}
      rows={spans.map((one) => [
        <span key="name" title={one.name}>
          {one.title || one.name || props.nobody}
        </span>,
        countText(one.orders),
        countText(one.rose),
        countText(one.fell),
        moneyText(one.before, currency),
        moneyText(one.after, currency),
        <Delta key="change" now={one.after} before={one.before} none={t("noBefore")} />,
      ])}
      foot={props.foot}
    />
  )
}

export function compact(locale: string, digits: number) {
  const format = new Intl.NumberFormat(locale === "zh" ? "zh-CN" : "en", {
    notation: "compact",
    maximumFractionDigits: 1,
  })
  return (value: number) => format.format(value / 10 ** digits)
}
