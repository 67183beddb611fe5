/** Orders, payments and works in the words and colors of the trade. */

import type { Tone } from "@kit/record"
import { Status } from "@kit/record"
import { Go } from "@kit/shell/go"
import { type Say, useWords } from "@kit/words"
import { trade } from "./words"

export type Trade = Say<typeof trade.en>

const ORDER: Record<string, Tone> = {
  placed: "warn",
  paid: "busy",
  partly_shipped: "busy",
  shipped: "good",
  returned: "quiet",
  canceled: "quiet",
  expired: "quiet",
}
const WORK: Record<string, Tone> = {
  released: "warn",
  picking: "busy",
  picked: "busy",
  shipped: "good",
  canceled: "quiet",
}
const PAYMENT: Record<string, Tone> = {
  started: "warn",
  captured: "good",
  failed: "bad",
  canceled: "quiet",
  late: "warn",
}
const REFUND: Record<string, Tone> = { requested: "warn", sent: "busy", done: "good", failed: "bad" }

export function OrderStatus({ status }: { status: string }) {
  const t = useWords(trade)
  return <Status tone={ORDER[status] ?? "quiet"}>{t.maybe(`status.${status}`)}</Status>
}

export function WorkState({ state }: { state: string }) {
  const t = useWords(trade)
  return <Status tone={WORK[state] ?? "quiet"}>{t.maybe(`work.${state}`)}</Status>
}

export function PaymentState({ state }: { state: string }) {
  const t = useWords(trade)
  return <Status tone={PAYMENT[state] ?? "quiet"}>{t.maybe(`payment.${state}`)}</Status>
}

export function RefundState({ state }: { state: string }) {
  const t = useWords(trade)
  return <Status tone={REFUND[state] ?? "quiet"}>{t.maybe(`refund.${state}`)}</Status>
}

/** A word of ours for a code, else the code itself as a person would write it. */
export function worded(
  t: Trade,
  group: "method" | "reason" | "stage" | "scene" | "charge" | "claim",
  code: string,
): string {
  const key = `${group}.${code.replaceAll(".", "_")}`
  return t.has(key) ? t.maybe(key) : code.replaceAll("_", " ")
}

/** Who bears an adjustment. */
export function borneBy(t: Trade, funder: string): string {
  return funder === "seller" ? t("funder.seller") : t("funder.other", { funder: funder.replaceAll("_", " ") })
}

/** Where a line's price came from. */
export function pricedBy(t: Trade, source: string): string {
  return source === "given" ? t("source.given") : t("source.list", { list: source })
}

/** Who did it: their name, else what kind of caller it was. */
export function actedBy(t: Trade, actor: string, who: string): string {
  const [kind, name] = actor.split(":")
  if (who) return kind === "app" ? t("actor.named", { who }) : who
  if (kind === "system") return name === "channel" ? t("actor.channel") : t("actor.house")
  return kind === "app" || kind === "member" || kind === "staff" ? t(`actor.${kind}`) : actor
}

/** The short name of a thing in a row: its id without what all of them begin with, in full on hover and in its link. */
export function Named({ id, to }: { id: string; to: string }) {
  return (
    <Go to={to} className="mono" title={id}>
      {id}
    </Go>
  )
}
