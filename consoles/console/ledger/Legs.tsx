/** The transfers of an entry as double entry: what is credited, what is debited, by which rule, and what each line brought to it. */

import { RightOutlined } from "@ant-design/icons"
import type { BookLineView, LegView, LinePart, Part } from "@kit/api/schema.gen"
import { Explain, type Step } from "@kit/explain"
import { useWords } from "@kit/words"
import { Fragment, useState } from "react"
import { AccountLink, amountName, measured, type Words } from "./said"
import { whys, whyText } from "./whys"
import { words } from "./words"

export function isGoods(leg: LegView): boolean {
  return leg.unit.startsWith("sku:")
}

/** The place and the day that every money account of an entry shares; nothing where they differ. */
export function sharedParts(legs: readonly LegView[]): Part[] {
  const money = legs.filter((leg) => !isGoods(leg)).flatMap((leg) => [leg.from_name, leg.to_name])
  return (money[0]?.parts ?? []).filter(
    (part) =>
      (part.key === "place" || part.key === "day") &&
      money.every((name) => name.parts.some((one) => one.key === part.key && one.value === part.value)),
  )
}

export function Legs(props: { rule: string; legs: LegView[]; lines: BookLineView[]; line?: number; open?: boolean }) {
  const { rule, legs, lines, line, open } = props
  const t = useWords(words)
  const kept = line === undefined ? legs : legs.filter((leg) => leg.parts.some((part) => part.line === line))
  const money = kept.filter((leg) => !isGoods(leg))
  const goods = kept.filter(isGoods)
  const shared = new Set(sharedParts(legs).map((part) => `${part.key} ${part.value}`))
  return (
    <>
      {money.length ? (
        <LegTable
          rule={rule}
          title={t("moneyLegs")}
          legs={money}
          lines={lines}
          line={line}
          open={open}
          without={shared}
        />
      ) : null}
      {goods.length ? (
        <LegTable rule={rule} title={t("goodsLegs")} legs={goods} lines={lines} line={line} open={open} />
      ) : null}
      {kept.length === 0 ? <p className="muted">{t("noEffect")}</p> : null}
    </>
  )
}

function LegTable(props: {
  title: string
  legs: LegView[]
  lines: BookLineView[]
  line?: number
  open?: boolean
  without?: ReadonlySet<string>
  rule: string
}) {
  const t = useWords(words)
  const w = useWords(whys)
  const { title, legs, lines, line } = props
  const [opened, open] = useState<ReadonlySet<number>>(() => new Set(props.open ? legs.keys() : []))
  const toggle = (at: number) => {
    const next = new Set(opened)
    if (!next.delete(at)) next.add(at)
    open(next)
  }
  return (
    <table className="book legs">
      <thead>
        <tr>
          <th scope="col">{title}</th>
          <th scope="col">{t("from")}</th>
          <th scope="col">{t("to")}</th>
          <th scope="col" className="end amount">
            {t("moved")}
          </th>
        </tr>
      </thead>
      <tbody>
        {legs.map((leg, at) => {
          const parts = line === undefined ? leg.parts : leg.parts.filter((part) => part.line === line)
          const shown = line === undefined ? leg.amount : parts.reduce((sum, part) => sum + part.amount, 0)
          const measure = isGoods(leg) ? goodsUnit(leg) : leg.unit
          const can = !isGoods(leg) || parts.length > 0
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: the transfers of an entry never move
            <Fragment key={at}>
              <tr className={opened.has(at) ? "open" : ""}>
                <th scope="row">
                  {can ? (
                    <button
                      type="button"
                      className="leg-fold"
                      aria-expanded={opened.has(at)}
                      onClick={() => toggle(at)}
                    >
                      <RightOutlined rotate={opened.has(at) ? 90 : 0} aria-hidden="true" /> {amountName(t, leg.word)}
                    </button>
                  ) : (
                    amountName(t, leg.word)
                  )}
                  {leg.why && legs[at - 1]?.why !== leg.why ? (
                    <span className="means muted">{whyText(w, props.rule, leg.word, leg.why)}</span>
                  ) : null}
                </th>
                <td>
                  <AccountLink name={leg.from_name} without={props.without} />
                </td>
                <td>
                  <AccountLink name={leg.to_name} without={props.without} />
                </td>
                <td className="end">
                  <button
                    type="button"
                    className="book-figure-button num"
                    aria-expanded={opened.has(at)}
                    onClick={() => toggle(at)}
                  >
                    {measured(shown, measure)} <small className="book-unit">{measure === "piece" ? "" : measure}</small>
                  </button>
                </td>
              </tr>
              {opened.has(at) ? (
                <tr className="leg-parts">
                  <td colSpan={4}>
                    {parts.length ? (
                      <Explain
                        steps={[
                          ...parts.map((part) =>
                            partStep(
                              t,
                              leg,
                              part,
                              lines.find((one) => one.line === part.line),
                              measure,
                            ),
                          ),
                          { key: "total", title: t("total"), amount: measured(shown, measure), total: true },
                        ]}
                      />
                    ) : (
                      <p className="muted">
                        {leg.word === "tendered" || leg.word === "drawer" ? t("noParts") : t("notByLine")}
                      </p>
                    )}
                  </td>
                </tr>
              ) : null}
            </Fragment>
          )
        })}
      </tbody>
    </table>
  )
}

function goodsUnit(leg: LegView): string {
  return leg.from_name.unit.startsWith("sku:") ? leg.from_name.measure : leg.to_name.measure
}

function unitsText(t: Words, part: LinePart): string {
  if (part.first === 1 && part.last === part.quantity) return t("allUnits", { quantity: part.quantity })
  return part.first === part.last ? t("unit", { n: part.first }) : t("units", { first: part.first, last: part.last })
}

/** What a line brought, and how it comes to just that. */
export function partStep(
  t: Words,
  leg: LegView,
  part: LinePart,
  line: BookLineView | undefined,
  measure: string,
): Step {
  const whole = part.first === 1 && part.last === part.quantity
  const reasons: string[] = []
  if (line && leg.word === "tax" && line.tax_bp) {
    const base = line.gross - line.discount
    reasons.push(
      t("taxRule", {
        rate: `${(line.tax_bp / 100).toString()}%`,
        base: measured(base, leg.unit),
        how: t(line.tax_on_top ? "taxOnTop" : "taxContained"),
      }),
    )
  }
  if (leg.word === "discount") {
    const by = [...leg.from_name.parts, ...leg.to_name.parts].find((one) => one.key === "rule")
    if (by) reasons.push(t("discountRule", { rule: by.name }))
  }
  if (leg.word === "funded") {
    const by = [...leg.from_name.parts, ...leg.to_name.parts].find((one) => one.key === "funder")
    if (by) reasons.push(t("fundedRule", { funder: by.name }))
  }
  if (!isGoods(leg) && !whole)
    reasons.push(
      t("shareRule", { units: unitsText(t, part), quantity: part.quantity, whole: measured(part.whole, leg.unit) }),
    )
  return {
    key: `${part.line} ${part.first}`,
    title: (
      <>
        {t("line", { line: part.line })} · {line?.title || line?.sku || ""}
      </>
    ),
    amount: measured(part.amount, measure),
    source: <span>{unitsText(t, part)}</span>,
    reason: reasons.join(" · "),
  }
}
