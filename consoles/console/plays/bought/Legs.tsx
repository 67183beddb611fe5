/** The legs of a presale on one line of time: the deposit, the balance, the shipping, and where we stand today. */

import type { components } from "@kit/api/schema.gen"
import { Time } from "@kit/format"
import { useWords } from "@kit/words"
import "./bought.css"
import { words } from "./words"

type Presale = components["schemas"]["Presale"]
const WHOLE = 100

export function Legs({ of, at = new Date() }: { of: Presale; at?: Date }) {
  const t = useWords(words)
  const [first, last] = [Date.parse(of.deposit_from), Date.parse(of.ships_by)]
  const place = (instant: string | Date) =>
    Math.min(Math.max(((new Date(instant).getTime() - first) / (last - first)) * WHOLE, 0), WHOLE)
  const legs = [
    { key: "deposit", from: of.deposit_from, to: of.deposit_to },
    { key: "balance", from: of.balance_from, to: of.balance_to },
  ] as const
  const now = at.getTime()
  return (
    <figure className="bought-legs" aria-label={t("legs")}>
      <div className="bought-line" aria-hidden="true">
        {legs.map((leg) => (
          <i
            key={leg.key}
            className={leg.key}
            style={{ insetInlineStart: `${place(leg.from)}%`, width: `${place(leg.to) - place(leg.from)}%` }}
          />
        ))}
        {first < now && now < last ? <b style={{ insetInlineStart: `${place(at)}%` }} /> : null}
      </div>
      <ol>
        {legs.map((leg) => (
          <li key={leg.key} className={leg.key} aria-current={isNow(leg, now) ? "step" : undefined}>
            <strong>{t(leg.key === "deposit" ? "depositWindow" : "balanceWindow")}</strong>
            <span>
              <Time at={leg.from} exact /> – <Time at={leg.to} exact />
            </span>
          </li>
        ))}
        <li className="ships">
          <strong>{t("shipsBy")}</strong>
          <span>
            <Time at={of.ships_by} exact />
          </span>
        </li>
      </ol>
    </figure>
  )
}

function isNow(leg: { from: string; to: string }, now: number): boolean {
  return Date.parse(leg.from) <= now && now < Date.parse(leg.to)
}
