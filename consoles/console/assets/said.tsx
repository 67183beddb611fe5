/** Amounts of assets: points are counted, red packets are money. */

import { countText, moneyText } from "@kit/format"
import { Status, type Tone } from "@kit/record"
import { type Say, useWords } from "@kit/words"
import { words } from "./words"

/** So many points, or so much money. */
export function amountOf(units: number, currency: string, signed = false): string {
  if (currency) return moneyText(units, currency, signed)
  const text = countText(Math.abs(units))
  return signed || units < 0 ? `${units < 0 ? "\u2212" : "+"}${text}` : text
}

const LOT_TONES: Record<string, Tone> = { promised: "busy", active: "good", used: "quiet", expired: "warn" }
const CARD_TONES: Record<string, Tone> = { issued: "busy", active: "good", blocked: "bad", written_off: "quiet" }

export function LotStatus({ state }: { state: "promised" | "active" | "used" | "expired" }) {
  const t = useWords(words)
  return <Status tone={LOT_TONES[state] ?? "quiet"}>{t(`states.${state}`)}</Status>
}

/** A card by the end of its code: nobody knows more of it. */
export function Ending({ of }: { of: string }) {
  return <span className="mono">···· {of}</span>
}

export function CardStatus({ state }: { state: string }) {
  const t = useWords(words)
  return <Status tone={CARD_TONES[state] ?? "quiet"}>{t(`cardStates.${state as "issued"}`)}</Status>
}

const WHYS = new Set(Object.keys(words.en.why))

/** Why an entry moved it; the rule's own name where nobody has put it into words. */
export function whyText(t: Say<typeof words.en>, rule: string): string {
  const key = rule.replace(".", "_")
  return WHYS.has(key) ? t(`why.${key as "points_earned"}`) : rule
}
