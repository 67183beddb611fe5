/** Who bears each cent that was taken off, and what scarce things an order took. */

import type { ExplainedOrder } from "@kit/api/schema.gen"
import { countText, moneyText } from "@kit/format"
import { useWords } from "@kit/words"
import { words } from "./order.words"
import { worded } from "./said"
import { trade } from "./words"

export function Funding({ of }: { of: ExplainedOrder }) {
  const t = useWords(words)
  const money = (minor: number) => moneyText(minor, of.currency)
  if (!of.funding?.length) return null
  return (
    <section className="steps-of">
      <h3>{t("funding")}</h3>
      <table className="plain funding" aria-label={t("funding")}>
        <thead>
          <tr>
            <th scope="col">{t("bearer")}</th>
            <th scope="col" className="end">
              {t("agreed")}
            </th>
            <th scope="col" className="end">
              {t("booked")}
            </th>
          </tr>
        </thead>
        <tbody>
          {of.funding.map((one) => (
            <tr key={one.funder}>
              <th scope="row">{one.funder === "seller" ? t("us") : one.funder.replaceAll("_", " ")}</th>
              <td className="end num">{money(one.agreed)}</td>
              <td className="end num">{money(one.booked)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="muted">{t("bookedHint")}</p>
    </section>
  )
}

export function Claimed({ of }: { of: ExplainedOrder }) {
  const t = useWords(words)
  const tt = useWords(trade)
  if (!of.claims?.length) return null
  return (
    <section className="steps-of">
      <h3>{t("claims")}</h3>
      <ul className="claims-of">
        {of.claims.map((one, at) => {
          const currency = one.unit.includes("/") ? one.unit.slice(one.unit.indexOf("/") + 1) : null
          const amount = (much: number) => (currency ? moneyText(much, currency) : countText(much))
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: claims do not move
            <li key={at}>
              <span>
                {worded(tt, "claim", one.kind)}
                {one.line ? <span className="muted"> · {t("claimLine", { line: one.line })}</span> : null}
              </span>
              <span className="num">{amount(one.amount)}</span>
              <span className="muted">
                {one.given_back
                  ? t("claimBack", { amount: amount(one.given_back) })
                  : t(one.used ? "claimUsed" : "claimHeld")}
              </span>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
