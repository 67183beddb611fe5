/** A receipt as it is sent, and goods as they are told: what has a default may be left out. */

import type { Goods } from "@kit/api/schema.gen"

export interface SaleLine {
  sku: string
  quantity: number
  /** The list amount of the line by this till's own prices. */
  amount_minor?: number
  adjustments?: { amount_minor: number; reason: string }[]
}

export interface Chain {
  seq: number
  prev_hash: string
  offline?: boolean
  restart?: boolean
  catalog?: string
}

export interface Sale {
  store: string
  device: string
  receipt_no: string
  sold_at: string
  lines: SaleLine[]
  tenders: { method: string; amount_minor: number; card?: string; pin?: string }[]
  member?: { kind: "phone" | "card"; value: string }
  coupons?: readonly string[]
  points?: number
  red_packet_minor?: number
  chain: Chain
}

export type Sent = Partial<Goods> & { sku: string }
