/** Figures in the page: tabular, signed with a real minus, never wrapped. */

import { useLocale } from "../words"
import { amountText, countText, moneyText } from "./money"
import { exactText, relativeText } from "./time"

export { amountText, countText, currencySign, minorDigits, moneyText, parseAmount } from "./money"
export { businessDayText, dayText, exactText, relativeText } from "./time"

/** An amount with its currency sign; `bare` leaves the sign to the column's header. */
export function Money(props: {
  minor: number
  currency: string
  bare?: boolean
  signed?: boolean
  className?: string
}) {
  const { minor, currency, bare, signed } = props
  const text = bare ? amountText(minor, currency) : moneyText(minor, currency, signed)
  return <span className={`num ${props.className ?? ""}`}>{text}</span>
}

export function Quantity({ count, unit }: { count: number; unit?: string }) {
  return (
    <span className="num">
      {countText(count)}
      {unit && unit !== "piece" ? <span className="muted"> {unit}</span> : null}
    </span>
  )
}

/** A moment: relative while it is near, the exact time on hover and for machines. */
export function Time({ at, exact }: { at: string; exact?: boolean }) {
  const locale = useLocale()
  const full = exactText(at)
  return (
    <time dateTime={at} title={full} className="num">
      {exact ? full.slice(0, 16) : relativeText(at, Date.now(), locale)}
    </time>
  )
}
