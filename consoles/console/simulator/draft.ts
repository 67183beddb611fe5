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
