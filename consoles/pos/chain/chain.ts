/** The chain of a till's receipts: each names its place and the hash of the one before. The server writes the same text (docs/till.md). */

import type { Sale } from "../keep/sale"
import { sha256 } from "./sha256"

/** Where a chain ends: the last receipt's place and hash. */
export interface Head {
  seq: number
  hash: string
}

export const EMPTY: Head = { seq: 0, hash: "" }

export function fingerprint(sale: Sale): string {
  const { chain } = sale
  return sha256(
    [
      chain.prev_hash,
      String(chain.seq),
      `${sale.store}/${sale.device}/${sale.receipt_no}`,
      String(Date.parse(sale.sold_at)),
      sale.lines.map((one) => `${one.sku}*${one.quantity}=${one.amount_minor ?? ""}`).join(";"),
      sale.tenders.map((one) => `${one.method}=${one.amount_minor}`).join(";"),
    ].join("\n"),
  )
}

/** Receipt numbers are their places: what is missing can be seen by anybody who holds two of them. */
export function numberOf(seq: number): string {
  return String(seq).padStart(6, "0")
}

/** What a till may do without the server. */
export interface Caps {
  countMax: number
  amountMax: number
  until: number
}

export type Refusal = "count" | "amount" | "age"

/** Why one more receipt of `amount` may not be rung up offline; null: it may. `kept` are those not sent yet. */
export function beyond(caps: Caps, kept: readonly { total: number }[], amount: number, now: number): Refusal | null {
  if (now > caps.until) return "age"
  if (kept.length + 1 > caps.countMax) return "count"
  const sum = kept.reduce((all, one) => all + one.total, amount)
  return sum > caps.amountMax ? "amount" : null
}
