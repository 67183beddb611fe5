/** A sale as it is sent, and as its receipt says it. */

import type { Here, Member, Receipt } from "../keep/db"
import type { Line, Tender } from "../money/arithmetic"
import type { Unnumbered, Unwritten } from "../sync/engine"
import { byHand, type Choices, type Deal } from "./quote"

export interface Sold {
  here: Here
  lines: readonly Line[]
  deal: Deal
  member: Member | null
  choices: Choices
  tenders: readonly Tender[]
}

/**
 * What was quoted is sold as quoted: the server names the amounts. What was not is sold at this till's own: no promotion touches it, and
 * nothing of the member's is used up.
 */
export function saleOf({ here, lines, deal, member, choices, tenders }: Sold): Unnumbered {
  const { quoted } = deal
  return {
    store: here.store,
    device: here.device,
    lines: lines.map((line, i) => ({
      sku: line.goods.sku,
      quantity: line.quantity,
      ...(quoted ? {} : { amount_minor: deal.lines[i]?.gross ?? 0 }),
      ...(line.off ? { adjustments: [byHand(line)] } : {}),
    })),
    tenders: tenders.map((one) => ({
      method: one.method,
      amount_minor: one.amount,
      ...(one.card ? { card: one.card.code, ...(one.card.pin ? { pin: one.card.pin } : {}) } : {}),
    })),
    ...(member ? { member: { kind: member.kind, value: member.value } } : {}),
    ...(quoted && choices.coupons.length ? { coupons: choices.coupons } : {}),
    ...(quoted?.points.used ? { points: quoted.points.used } : {}),
    ...(quoted?.red_packets.used ? { red_packet_minor: quoted.red_packets.used } : {}),
  }
}

export function receiptOf(sold: Sold, cashier: string, given: number, change: number): Unwritten {
  const { here, lines, deal, member, tenders } = sold
  const { quoted, sum } = deal
  return {
    store: here.storeName,
    device: here.device,
    cashier,
    currency: here.currency,
    lines: lines.map((line, i) => ({
      sku: line.goods.sku,
      title: line.goods.title,
      unit: line.goods.unit,
      quantity: line.quantity,
      price: deal.lines[i]?.unit ?? 0,
      per: deal.lines[i]?.per ?? 1,
      amount: deal.lines[i]?.gross ?? 0,
    })),
    gross: sum.gross,
    discount: sum.discount,
    tax: sum.tax,
    top: lines.some((line) => line.goods.top),
    total: sum.total,
    // A card's code pays: no receipt keeps it.
    tenders: tenders.map(({ method, amount, card }) => ({ method, amount, ...(card ? { ending: card.ending } : {}) })),
    given,
    change,
    member: member ? member.name || member.value : "",
    offs: deal.offs,
    ...(quoted ? { points: { used: quoted.points.used, earned: quoted.earns } } : { plain: true }),
  } satisfies Omit<Receipt, "no" | "at" | "offline" | "state">
}
