/** What a cancellation, an edit or a return undoes, to the cent: each line's parts, its goods, and the money of each tender. */

import type { RefundedView, ReversalView } from "@kit/api/schema.gen"
import { amountText, Money, moneyText } from "@kit/format"
import { useWords } from "@kit/words"
import type { ReactNode } from "react"
import { borneBy, RefundState, worded } from "./said"
import { taking } from "./taking.words"
import { trade } from "./words"

export function Reversals(props: {
  currency: string
  lines: ReversalView[]
  refunds: RefundedView[]
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
      <div className="rows-box">
        <table className="rows">
          <thead>
            <tr>
              <th scope="col">{t("product")}</th>
              <th scope="col" className="end">
                {t("units")}
              </th>
              <th scope="col" className="end">
                {t("gross")}
              </th>
              <th scope="col" className="end">
                {t("adjustments")}
              </th>
              <th scope="col" className="end">
                {t("tax")}
              </th>
              <th scope="col" className="end">
                {t("customer")}
              </th>
              <th scope="col">{t("goods")}</th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <tr key={line.line}>
                <td>
                  <span className="item-title">{line.title}</span>
                  <span className="item-code mono">{line.sku}</span>
                </td>
                <td className="end num">{line.quantity}</td>
                <td className="end num">{amountText(line.gross, currency)}</td>
                <td className="end num">
                  {line.adjustments.length === 0 ? <span className="muted">–</span> : null}
                  {line.adjustments.map((one, index) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: adjustments do not move
                    <span key={index}>
                      {amountText(-one.amount, currency)}
                      <span className="adjusted">
                        {worded(tt, "reason", one.rule)}, {borneBy(tt, one.funder)}
                      </span>
                    </span>
                  ))}
                </td>
                <td className="end num">{amountText(line.tax, currency)}</td>
                <td className="end num">{amountText(line.amount, currency)}</td>
                <td>
                  {line.location
                    ? t(props.back ? "restocked" : "freed", { location: line.location })
                    : t("notRestocked")}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <dl className="reversal-sums">
        {props.amount === undefined ? null : (
          <div>
            <dt>{t("owedNoLonger")}</dt>
            <dd>
              <Money minor={props.amount} currency={currency} />
            </dd>
          </div>
        )}
        <div>
          <dt>{t("givenBack")}</dt>
          <dd data-testid="refund">
            <Money minor={props.refund} currency={currency} />
          </dd>
        </div>
      </dl>
      <h3>{t("tenders")}</h3>
      {refunds.length === 0 ? <p className="muted">{t("noTender")}</p> : null}
      <table className="rows">
        <tbody>
          {refunds.map((one) => (
            <tr key={one.payment}>
              <td>{t("by", { method: worded(tt, "method", one.method), payment: one.payment })}</td>
              <td>{one.id ? <RefundState state={one.state} /> : t(one.state === "done" ? "atOnce" : "byChannel")}</td>
              <td className="end num">{moneyText(one.amount, currency)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
