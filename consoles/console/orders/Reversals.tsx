/** What a cancellation, an edit or a return undoes, to the cent: each line's parts, its goods, and the money of each tender. */

import type { RefundedView, ReversalView, WithheldRow } from "@kit/api/schema.gen"
import { amountText, Money, moneyText } from "@kit/format"
import { Goods, None, Rows } from "@kit/record/Rows"
import { useWords } from "@kit/words"
import type { ReactNode } from "react"
import { borneBy, RefundState, worded } from "./said"
import { taking } from "./taking.words"
import { trade } from "./words"

export function Reversals(props: {
  currency: string
  lines: ReversalView[]
  refunds: RefundedView[]
  /** What of the paid part does not go back, and why. */
  withheld: WithheldRow[]
  amount?: number
  refund: number
  /** Whether goods go back into stock (a return), or were only held (a cancellation). */
  back: boolean
  title?: ReactNode
}) {
  const t = useWords(taking)
  const tt = useWords(trade)
  const { currency, lines, refunds } = props
  return (
    <section className="preview" aria-label={t("preview")}>
      <h3>{props.title ?? t("preview")}</h3>
      <Rows
        rows={lines}
        by={(line) => line.line}
        columns={[
          { title: t("product"), of: (line) => <Goods title={line.title} sku={line.sku} /> },
          { title: t("units"), end: true, of: (line) => line.quantity },
          { title: t("gross"), end: true, of: (line) => amountText(line.gross, currency) },
          {
            title: t("adjustments"),
            end: true,
            of: (line) =>
              line.adjustments.length === 0 ? (
                <None />
              ) : (
                line.adjustments.map((one, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: adjustments do not move
                  <span key={index}>
                    {amountText(-one.amount, currency)}
                    <span className="adjusted">
                      {worded(tt, "reason", one.rule)}, {borneBy(tt, one.funder)}
                    </span>
                  </span>
                ))
              ),
          },
          { title: t("tax"), end: true, of: (line) => amountText(line.tax, currency) },
          { title: t("customer"), end: true, of: (line) => amountText(line.amount, currency) },
          {
            title: t("goods"),
            of: (line) =>
              line.location ? t(props.back ? "restocked" : "freed", { location: line.location }) : t("notRestocked"),
          },
        ]}
      />
      <dl className="reversal-sums">
        {props.amount === undefined ? null : (
          <div>
            <dt>{t("owedNoLonger")}</dt>
            <dd>
              <Money minor={props.amount} currency={currency} />
            </dd>
          </div>
        )}
        {reasons(props.withheld).map((one) => (
          <div key={`${one.kind} ${one.rule}`}>
            <dt>
              {t(one.minor > 0 ? one.kind : "letGo")} <span className="mono muted">{one.rule}</span>
            </dt>
            <dd>
              <Money minor={-one.minor} currency={currency} />
            </dd>
          </div>
        ))}
        <div>
          <dt>{t("givenBack")}</dt>
          <dd data-testid="refund">
            <Money minor={props.refund} currency={currency} />
          </dd>
        </div>
      </dl>
      <h3>{t("tenders")}</h3>
      {refunds.length === 0 ? <p className="muted">{t("noTender")}</p> : null}
      <Rows
        rows={refunds}
        by={(one) => one.payment}
        columns={[
          { of: (one) => t("by", { method: worded(tt, "method", one.method), payment: one.payment }) },
          {
            of: (one) =>
              one.id ? <RefundState state={one.state} /> : t(one.state === "done" ? "atOnce" : "byChannel"),
          },
          { end: true, of: (one) => moneyText(one.amount, currency) },
        ]}
      />
    </section>
  )
}

/** What is withheld by each rule, whoever has it again. */
export function reasons(rows: WithheldRow[]): { kind: WithheldRow["kind"]; rule: string; minor: number }[] {
  const sums = new Map<string, { kind: WithheldRow["kind"]; rule: string; minor: number }>()
  for (const { kind, rule, payable } of rows) {
    const key = `${kind} ${rule}`
    sums.set(key, { kind, rule, minor: payable + (sums.get(key)?.minor ?? 0) })
  }
  return [...sums.values()].filter((one) => one.minor !== 0)
}
