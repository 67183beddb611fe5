/** What the server says a sale comes to, in the till's words. Pure: whoever asks and when is the quoter's. */

import type { CouponOffered, Note, TillQuotedView } from "@kit/api/schema.gen"
import type { Here, Member } from "../keep/db"
import { type Line, type LineSum, lineSum, type Sum, totalOf } from "../money/arithmetic"

export type Quoted = TillQuotedView

/** Which of their rights the member uses with this sale; `ALL` is as much as is allowed. */
export interface Choices {
  coupons: readonly string[]
  points: number
  redPacket: number
}

export const ALL = 10 ** 12
export const NOTHING_CHOSEN: Choices = { coupons: [], points: 0, redPacket: 0 }

/** A receipt as it is asked for, before it is paid. */
export interface Wish {
  store: string
  device: string
  lines: { sku: string; quantity: number; adjustments?: { amount_minor: number; reason: string }[] }[]
  member?: { kind: "phone" | "card"; value: string }
  coupons?: readonly string[]
  points?: number
  red_packet_minor?: number
}

export function wishOf(here: Here, lines: readonly Line[], member: Member | null, choices: Choices): Wish | null {
  if (!lines.length) return null
  return {
    store: here.store,
    device: here.device,
    lines: lines.map((line) => ({
      sku: line.goods.sku,
      quantity: line.quantity,
      ...(line.off ? { adjustments: [byHand(line)] } : {}),
    })),
    ...(member ? { member: { kind: member.kind, value: member.value } } : {}),
    ...(choices.coupons.length ? { coupons: choices.coupons } : {}),
    ...(choices.points ? { points: choices.points } : {}),
    ...(choices.redPacket ? { red_packet_minor: choices.redPacket } : {}),
  }
}

/** What was taken off a line by hand, no more than the line is worth here. */
export function byHand(line: Line): { amount_minor: number; reason: string } {
  const gross = lineSum({ ...line, off: 0 })?.gross ?? 0
  return { amount_minor: Math.min(line.off, gross), reason: line.why || "till" }
}

/** What one rule takes off the sale: a promotion, a coupon, points, somebody's hand. */
export interface Off {
  stage: string
  rule: string
  name: string
  name_zh: string
  amount: number
}

const STAGES = ["line", "activity", "order", "coupon", "subsidy", "red_packet", "points"]

/** Deductions by rule, in the order they came off; of these lines only, if any are named. */
export function offsOf(quoted: Quoted, lines?: ReadonlySet<number>): Off[] {
  const offs = new Map<string, Off>()
  for (const one of quoted.adjustments) {
    if (lines && !lines.has(one.line_no)) continue
    const key = `${one.stage} ${one.rule}`
    const note = quoted.notes.find((each) => each.rule === one.rule && each.name)
    const before = offs.get(key)
    if (before) before.amount += one.amount
    else
      offs.set(key, {
        stage: one.stage,
        rule: one.rule,
        name: note?.name ?? one.rule,
        name_zh: note?.name_zh ?? "",
        amount: one.amount,
      })
  }
  return [...offs.values()].sort((a, b) => STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage))
}

/** Where a sale comes from that is quoted: the wish and its answer. */
export interface Answer {
  wish: Wish
  quoted: Quoted
}

/** What a sale comes to, line by line. `quoted` decides it; without one these are the till's own list amounts. */
export interface Deal {
  quoted: Quoted | null
  lines: (LineSum | null)[]
  /** Deductions of each line that are its own, not its share of something taken off the whole. */
  own: Off[][]
  offs: Off[]
  sum: Sum
}

/** The deal while it is asked for: a line that stands as it was quoted keeps its part, whatever is new shows at list. */
export function dealOf(lines: readonly Line[], answer: Answer | null, wish: Wish | null): Deal {
  const decided = answer !== null && wish !== null && JSON.stringify(answer.wish) === JSON.stringify(wish)
  const known = new Set<number>()
  const sums = lines.map((line, i) => {
    const told = answer?.quoted.lines[i]
    const asked = answer?.wish.lines[i]
    if (!told || !asked || JSON.stringify(asked) !== JSON.stringify(wish?.lines[i])) return lineSum(line)
    known.add(i + 1)
    const net = told.gross - told.discount
    return { unit: told.unit_price, per: told.price_per, gross: told.gross, net, tax: told.tax, payable: told.payable }
  })
  const own = lines.map((line, i) =>
    answer && known.has(i + 1)
      ? offsOf(answer.quoted, new Set([i + 1])).filter((one) => ["line", "activity"].includes(one.stage))
      : line.off
        ? [handed(line)]
        : [],
  )
  const offs = answer ? offsOf(answer.quoted, known) : []
  for (const [i, line] of lines.entries()) if (line.off && !known.has(i + 1)) offs.unshift(handed(line))
  return { quoted: decided ? answer.quoted : null, lines: sums, own, offs, sum: totalOf(lines, sums) }
}

function handed(line: Line): Off {
  const { amount_minor, reason } = byHand(line)
  return { stage: "line", rule: reason, name: reason, name_zh: reason, amount: amount_minor }
}

/** The coupon in hand that takes off most; null: none takes off anything. */
export function bestCoupon(quoted: Quoted): CouponOffered | null {
  return quoted.coupons.reduce<CouponOffered | null>(
    (best, one) => (one.amount > (best?.amount ?? 0) ? one : best),
    null,
  )
}

/** What one key does. */
export type Right = "coupon" | "points" | "redPacket"

/** The best coupon, or as much as is allowed, used where it was not, and not where it was; null: there is nothing to use. */
export function flipped(choices: Choices, right: Right, quoted: Quoted | null): Choices | null {
  if (right === "coupon") {
    if (choices.coupons.length) return { ...choices, coupons: [] }
    const best = quoted ? bestCoupon(quoted) : null
    return best && { ...choices, coupons: [best.code] }
  }
  if (choices[right]) return { ...choices, [right]: 0 }
  const offered = right === "points" ? quoted?.points.units : quoted?.red_packets.units
  return offered ? { ...choices, [right]: ALL } : null
}

/** A coupon's code as it is kept: capitals, a written one of fourteen signs in its groups. */
export function couponCode(typed: string): string {
  const code = typed.trim().toUpperCase()
  const bare = code.replace(/[^\p{L}\p{N}]/gu, "")
  return WRITTEN.test(bare) ? `${bare.slice(0, 5)}-${bare.slice(5, 10)}-${bare.slice(10)}` : code
}

/** The signs of written coupons: no 0 and O, 1, I and L. */
const WRITTEN = /^[2-9A-HJKMNP-Z]{14}$/

/** Whether a scan that names no goods can be a coupon. */
export function looksLikeCoupon(code: string): boolean {
  return WRITTEN.test(code.toUpperCase().replaceAll("-", ""))
}

/** A gift card's code: sixteen signs, with or without dashes; null: it is none. */
export function cardCode(typed: string): string | null {
  const bare = typed.toUpperCase().replace(/[\s-]/g, "")
  return /^[0-9A-HJKMNP-TV-Z]{16}$/.test(bare) ? bare : null
}

/** Which of the coupons chosen is in the way of the sale; null: none, it is refused for something else. */
export function couponRefused(refusal: { errors?: readonly { pointer?: string | null }[] }): number | null {
  for (const { pointer } of refusal.errors ?? []) {
    const named = /^\/coupons(?:\/(\d+))?$/.exec(pointer ?? "")
    if (named) return Number(named[1] ?? 0)
  }
  return null
}

const OUTCOMES = ["applied", "near", "beaten", "barred"]

/** What became of every rule, what counts first; of those that are nearly reached the nearest in money first. */
export function explained(quoted: Quoted): Note[] {
  const gap = (note: Note) => (note.outcome === "near" ? (note.gap_unit === "minor" ? note.gap : ALL + note.gap) : 0)
  return [...quoted.notes].sort((a, b) => OUTCOMES.indexOf(a.outcome) - OUTCOMES.indexOf(b.outcome) || gap(a) - gap(b))
}

/** What is worth saying to whoever stands at the counter: how little is missing. */
export function nearest(quoted: Quoted): Note | null {
  return explained(quoted).find((note) => note.outcome === "near" && note.gap > 0 && note.gap_unit !== "") ?? null
}

export interface Change {
  name: string
  name_zh: string
  before: number
  after: number
}

/** What makes one deal differ from another: goods whose amount has changed, deductions that came, went or changed. */
export function changes(lines: readonly Line[], before: Deal, after: Deal): Change[] {
  const goods = lines.map((line, i) => ({
    name: line.goods.title,
    name_zh: line.goods.title,
    before: before.lines[i]?.gross ?? 0,
    after: after.lines[i]?.gross ?? 0,
  }))
  const rules = new Map<string, Change>()
  for (const [deal, when] of [[before, "before"], [after, "after"]] as const) // biome-ignore format: short
    for (const off of deal.offs) {
      // A new version of a rule is the same rule to whoever reads it.
      const key = `${off.stage} ${off.rule.split("@")[0]}`
      const change = rules.get(key) ?? { name: off.name, name_zh: off.name_zh, before: 0, after: 0 }
      rules.set(key, { ...change, [when]: change[when] - off.amount })
    }
  const tax = { name: "", name_zh: "", before: before.sum.tax, after: after.sum.tax }
  return [...goods, ...rules.values(), tax].filter((one) => one.before !== one.after)
}
