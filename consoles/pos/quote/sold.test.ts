import { describe, expect, it } from "vitest"
import type { Here } from "../keep/db"
import type { Line } from "../money/arithmetic"
import { type Deal, dealOf, type Quoted } from "./quote"
import { receiptOf, saleOf } from "./sold"

const here: Here = { store: "s1", storeName: "Main", sellerName: "", device: "t1", currency: "USD" }
const goods = { sku: "tea", title: "Tea", unit: "piece", pack: 1, bp: 0, top: true, codes: [], keys: [], prices: [[2, 1, 1000, 1]] } as const // biome-ignore format: a table
const lines: Line[] = [{ goods, quantity: 2, off: 50, why: "" }]
const member = { kind: "card", value: "M1", name: "Ada" } as const
const choices = { coupons: ["C"], points: 10 ** 12, redPacket: 0 }
const card = { code: "ABCD01234567WXYZ", pin: "123456", ending: "WXYZ", left: 900 }
const list = dealOf(lines, null, null)
const off = { stage: "points", rule: "points@1", name: "Points", name_zh: "积分", amount: 300 }
const quoted: Deal = {
  ...list,
  quoted: { points: { units: 300, amount: 300, used: 300 }, red_packets: { units: 0, amount: 0, used: 0 }, earns: 16 } as Quoted,
  offs: [...list.offs, off],
  sum: { gross: 2000, discount: 350, tax: 0, total: 1650, units: 2 },
} // biome-ignore format: a table

describe("a sale", () => {
  it("that was quoted names no amounts, but what was used", () => {
    const tenders = [{ method: "gift_card", amount: 900, card }, { method: "cash", amount: 750 }] // biome-ignore format: short
    expect(saleOf({ here, lines, deal: quoted, member, choices, tenders })).toEqual({
      store: "s1",
      device: "t1",
      lines: [{ sku: "tea", quantity: 2, adjustments: [{ amount_minor: 50, reason: "till" }] }],
      tenders: [
        { method: "gift_card", amount_minor: 900, card: "ABCD01234567WXYZ", pin: "123456" },
        { method: "cash", amount_minor: 750 },
      ],
      member: { kind: "card", value: "M1" },
      coupons: ["C"],
      points: 300,
    })
    const receipt = receiptOf({ here, lines, deal: quoted, member, choices, tenders }, "Clara", 2000, 350)
    expect(receipt).toMatchObject({ total: 1650, discount: 350, offs: quoted.offs, points: { used: 300, earned: 16 } })
    expect(receipt.tenders).toEqual([{ method: "gift_card", amount: 900, ending: "WXYZ" }, { method: "cash", amount: 750 }]) // biome-ignore format: short
    expect(JSON.stringify(receipt)).not.toContain(card.code)
  })

  it("that was not is at this till's amounts, and uses nothing of the member's", () => {
    const sold = { here, lines, deal: list, member, choices, tenders: [{ method: "cash", amount: 1950 }] }
    expect(saleOf(sold)).toEqual({
      store: "s1",
      device: "t1",
      lines: [{ sku: "tea", quantity: 2, amount_minor: 2000, adjustments: [{ amount_minor: 50, reason: "till" }] }],
      tenders: [{ method: "cash", amount_minor: 1950 }],
      member: { kind: "card", value: "M1" },
    })
    expect(receiptOf(sold, "Clara", 2000, 50)).toMatchObject({ plain: true, total: 1950, discount: 50, change: 50 })
  })
})
