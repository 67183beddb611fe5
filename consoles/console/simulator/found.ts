/** What a simulation found, in words: bars, changes, and the way back to its form. */

import type { components } from "@kit/api/schema.gen"
import { businessDayText } from "@kit/format"
import type { Say } from "@kit/words"
import { writtenPrices } from "./draft"
import type { words } from "./words"

type Bar = components["schemas"]["SimulatedBar"]
type Run = components["schemas"]["SimulationView"]
type Uptake = components["schemas"]["SimulatedUptake"]

/** -500: "−5 %". */
export function bpText(basisPoints: number): string {
  const percent = Math.round(basisPoints / 100)
  return `${percent > 0 ? "+" : percent < 0 ? "\u2212" : ""}${Math.abs(percent)} %`
}

/** The name of a bar: its bounds are whole per cents, and what did not change stands alone. */
export function barText(bar: Bar, t: Say<typeof words.en>): string {
  const { from_bp: from, to_bp: to } = bar
  if (from === 0 && to === 1) return t("unchanged")
  if (from === null || from === undefined) return t("below", { to: bpText(to ?? 0) })
  if (to === null || to === undefined) return t("from", { from: bpText(from) })
  return t("between", { from: bpText(from), to: bpText(to) })
}

/** By how much, in per cent with one decimal; nothing where there was nothing before. */
export function percentText(before: number, after: number): string {
  if (!before) return ""
  const tenths = Math.round(((after - before) * 1000) / before)
  return `${tenths > 0 ? "+" : tenths < 0 ? "\u2212" : ""}${(Math.abs(tenths) / 10).toFixed(1)} %`
}

/** On which day there would be none left, or that it lasts. */
export function goneText(one: Uptake, t: Say<typeof words.en>): string {
  if (!one.cap) return ""
  return one.gone_on ? t("goneOn", { day: businessDayText(one.gone_on) }) : t("lasts")
}

/** What of a draft is written out and kept nowhere else. */
function writtenOf(draft: Run["draft"]): Record<string, unknown> {
  return {
    ...(draft.promotion ? { promotion: draft.promotion } : {}),
    ...(draft.coupons?.length ? { coupons: draft.coupons } : {}),
    ...(draft.points ? { points: draft.points } : {}),
  }
}

/** The form with everything this run was asked, to be changed and tried again. */
export function againAt(run: Run, written: (minor: number) => string): string {
  const { sample, draft } = run
  const asked: Record<string, string | undefined> = {
    name: run.name || undefined,
    basis: run.basis,
    channel: sample.channel,
    orders: String(sample.orders ?? 1000),
    stores: sample.stores?.length ? sample.stores.join(",") : undefined,
    price_list: draft.price_list ?? undefined,
    promotion: draft.promotions?.length ? draft.promotions.join(",") : undefined,
    proposal: draft.proposal ?? undefined,
    written: draft.promotion || draft.coupons?.length || draft.points ? JSON.stringify(writtenOf(draft)) : undefined,
    prices: draft.prices?.length ? writtenPrices(draft.prices, written) : undefined,
  }
  const given = Object.entries(asked).filter((pair): pair is [string, string] => pair[1] !== undefined)
  return `/simulator/new?${new URLSearchParams(given)}`
}
