/** What a receipt comes to: the server's own arithmetic, in whole minor units. Nothing here is a fraction. */

export interface Goods {
  sku: string
  title: string
  unit: string
  pack: number
  bp: number
  top: boolean
  /** (how specific, from how many base units, minor units, per so many base units), in winning order. */
  prices: readonly (readonly [number, number, number, number])[]
  codes: readonly string[]
  keys: readonly string[]
}

export interface Line {
  goods: Goods
  quantity: number
  /** Taken off by hand, in minor units, and why. */
  off: number
  why: string
}

export interface LineSum {
  unit: number
  per: number
  gross: number
  net: number
  tax: number
  payable: number
}

export interface Tender {
  method: string
  amount: number
  /** Which card pays: several of them are several tenders. */
  card?: Card
}

/** A gift card as the server knows it: its code and PIN pay, its ending is shown. */
export interface Card {
  code: string
  pin: string
  ending: string
  left: number
}

/** What somebody laid down, before change. */
export interface Put {
  method: string
  given: number
  card?: Card
}

/** The price of so many base units; null: it has none here, and is not sold. */
export function priceOf(goods: Goods, quantity: number): { unit: number; per: number } | null {
  const row = goods.prices.find(([, from]) => from <= quantity)
  return row ? { unit: row[2], per: row[3] } : null
}

/** `quantity` base units at `amount` per `per` of them, rounded half up once. */
export function lineAmount(amount: number, per: number, quantity: number): number {
  return Number((2n * BigInt(amount) * BigInt(quantity) + BigInt(per)) / (2n * BigInt(per)))
}

/** Tax rounded half up once per line: to be added on top, or contained. */
export function taxOf(net: number, bp: number, top: boolean): number {
  const whole = top ? 10_000n : 10_000n + BigInt(bp)
  return Number((2n * BigInt(net) * BigInt(bp) + whole) / (2n * whole))
}

export function lineSum(line: Line): LineSum | null {
  const price = priceOf(line.goods, line.quantity)
  if (!price) return null
  const gross = lineAmount(price.unit, price.per, line.quantity)
  const net = Math.max(gross - line.off, 0)
  const tax = taxOf(net, line.goods.bp, line.goods.top)
  return { ...price, gross, net, tax, payable: net + (line.goods.top ? tax : 0) }
}

export interface Sum {
  gross: number
  discount: number
  tax: number
  total: number
  units: number
}

export function sumOf(lines: readonly Line[]): Sum {
  return totalOf(lines, lines.map(lineSum))
}

/** What lines come to that are worth `sums`; a line without is not sold and counts nothing. */
export function totalOf(lines: readonly Line[], sums: readonly (LineSum | null)[]): Sum {
  const sum = { gross: 0, discount: 0, tax: 0, total: 0, units: 0 }
  for (const [i, line] of lines.entries()) {
    const one = sums[i]
    if (!one) continue
    sum.gross += one.gross
    sum.discount += one.gross - one.net
    sum.tax += one.tax
    sum.total += one.payable
    sum.units += line.goods.unit === "piece" ? line.quantity : 1
  }
  return sum
}

/** What is still to be paid after these tenders. */
export function due(total: number, tenders: readonly Tender[]): number {
  return tenders.reduce((left, one) => left - one.amount, total)
}

export type Laid = { tenders: Tender[]; change: number } | { refused: "nothing" | "over" | "card" }

/**
 * One more tender. Only cash may be more than what is due: the rest is change, and what counts is net of it. A card pays no more than
 * what is left on it. Cash laid twice is one tender.
 */
export function lay(total: number, tenders: readonly Tender[], { method, given, card }: Put): Laid {
  const open = due(total, tenders)
  if (given <= 0 || open <= 0) return { refused: "nothing" }
  if (given > open && method !== "cash") return { refused: "over" }
  const before = tenders.find((one) => one.method === method && one.card?.code === card?.code)
  const amount = (before?.amount ?? 0) + Math.min(given, open)
  if (card && amount > card.left) return { refused: "card" }
  const now: Tender = { method, amount, ...(card ? { card } : {}) }
  const after = before ? tenders.map((one) => (one === before ? now : one)) : [...tenders, now]
  return { tenders: after, change: Math.max(given - open, 0) }
}

/**
 * What was laid down for one total, laid down for another: cash gives more change, gift cards pay less, since nothing was taken off them
 * yet. Whatever else is more than what is due now is given back whole.
 */
export function layAgain(total: number, puts: readonly Put[]): { tenders: Tender[]; change: number; back: Put[] } {
  let tenders: Tender[] = []
  let change = 0
  const back: Put[] = []
  for (const put of puts) {
    const open = due(total, tenders)
    if (open <= 0 && put.method === "cash") change += put.given
    const laid = lay(total, tenders, put.card ? { ...put, given: Math.min(put.given, open) } : put)
    if ("refused" in laid) {
      if (laid.refused === "over" || (open <= 0 && put.method !== "cash" && !put.card)) back.push(put)
      continue
    }
    tenders = laid.tenders
    change += laid.change
  }
  return { tenders, change, back }
}

/** Amounts people lay down for what is due: exact, then the next round ones. `digits` are the currency's. */
export function quickCash(open: number, digits: number): number[] {
  const one = 10 ** digits
  const offers = [open, ...[1, 5, 10, 20, 50, 100].map((step) => Math.ceil(open / (step * one)) * step * one)]
  return [...new Set(offers)].filter((amount) => amount >= open && amount > 0).slice(0, 5)
}

/** Faces of notes and coins, largest first, in minor units. */
export function faces(currency: string): number[] {
  if (currency === "CNY") return [10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10]
  if (currency === "JPY") return [10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10, 5, 1]
  if (currency === "EUR") return [20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5, 2, 1]
  return [10_000, 5_000, 2_000, 1_000, 500, 100, 25, 10, 5, 1]
}
