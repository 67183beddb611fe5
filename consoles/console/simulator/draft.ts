/** Draft prices as people paste them: a line each, "SKU price", from a spreadsheet or typed; "per" and "from" where they matter. */

import { parseAmount } from "@kit/format"

export interface DraftPrice {
  sku: string
  amount_minor: number
  per?: number
  min_quantity?: number
}

export interface Read {
  prices: DraftPrice[]
  /** Lines that say something else, by their number from 1. */
  wrong: number[]
}

/** "tea 19.90", "rice 2.50 1000" (per 1,000 base units), "tea 18.00 1 10" (from 10 on). */
export function readPrices(text: string, currency: string): Read {
  const found: Read = { prices: [], wrong: [] }
  text.split("\n").forEach((line, at) => {
    const cells = line.trim().split(/\s*[\t,;，；]\s*|\s+/)
    if (!line.trim()) return
    const amount = parseAmount(cells[1] ?? "", currency)
    const counts = cells.slice(2).map(Number)
    if (amount === null || amount < 0 || cells.length > 4 || counts.some((one) => !Number.isInteger(one) || one < 1)) {
      found.wrong.push(at + 1)
      return
    }
    const [per, from] = counts
    found.prices.push({
      sku: cells[0] ?? "",
      amount_minor: amount,
      ...(per && per > 1 ? { per } : {}),
      ...(from && from > 1 ? { min_quantity: from } : {}),
    })
  })
  return found
}

/** The same prices as somebody would have typed them. */
export function writtenPrices(prices: readonly DraftPrice[], written: (minor: number) => string): string {
  return prices
    .map((one) =>
      [
        one.sku,
        written(one.amount_minor),
        ...((one.min_quantity ?? 1) > 1 ? [one.per ?? 1, one.min_quantity] : (one.per ?? 1) > 1 ? [one.per] : []),
      ].join(" "),
    )
    .join("\n")
}

/** A promotion in a few words: what most people want to try before they write it out. */
export interface Quick {
  off: "percent" | "amount"
  /** Per cent, or minor units. */
  value: number
  /** From so much on, in minor units. */
  least?: number | null
  on?: "skus" | "categories" | "brands" | null
  codes?: string[]
  /** Our share in per cent; the rest is borne by `other`. */
  share?: number | null
  other?: string
  budget?: number | null
  /** Only with a coupon: so many of them, so many for each member, and so many per cent of buyers use theirs. */
  coupon?: boolean
  count?: number | null
  each?: number | null
  uptake?: number | null
}

const WHOLE_BP = 10_000
const MANY = 1_000_000
/** What the simulator calls a promotion and a batch that are kept nowhere. */
export const WRITTEN = "draft"

/** The terms it would be saved with, and the batch of its coupons. */
export function written(quick: Quick, currency: string) {
  const least = quick.least ?? 0
  const share = Math.round((quick.share ?? 100) * 100)
  const benefit =
    quick.off === "percent"
      ? { kind: "percent", bp: Math.round(quick.value * 100) }
      : { kind: "amount", amount_minor: quick.value }
  const promotion = {
    name: "Draft",
    name_zh: "草案",
    stage: quick.coupon ? "coupon" : least || quick.off === "amount" ? "order" : "activity",
    coupon: Boolean(quick.coupon),
    currency,
    measure: least ? "amount" : "none",
    goods: quick.on && quick.codes?.length ? { [quick.on]: quick.codes } : {},
    tiers: [{ least, benefit }],
    funders: [
      ...(share ? [{ funder: "seller", bp: share }] : []),
      ...(share < WHOLE_BP ? [{ funder: quick.other?.trim() || "brand", bp: WHOLE_BP - share }] : []),
    ],
    limits: quick.budget ? { budget_minor: quick.budget } : {},
  }
  const batch = {
    name: "Draft",
    promotion: WRITTEN,
    kind: "claimed",
    cap: quick.count || MANY,
    per_member: quick.each ?? 1,
    claim_from: "2000-01-01T00:00:00Z",
    claim_to: "2100-01-01T00:00:00Z",
    valid_days: 30,
  }
  const coupons = quick.coupon ? [{ written: batch, uptake_bp: Math.round((quick.uptake ?? 100) * 100) }] : []
  return { promotion, coupons }
}

/** What a member earns and what it is worth, as the terms of points say it. */
export interface QuickPoints {
  earn_points?: number | null
  earn_minor?: number | null
  burn_points?: number | null
  burn_minor?: number | null
}

export function writtenPoints(points: QuickPoints, currency: string) {
  const given = Object.fromEntries(Object.entries(points).filter(([, value]) => value))
  return Object.keys(given).length ? { rates: [{ currency, ...given }] } : null
}
