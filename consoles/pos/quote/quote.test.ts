import { describe, expect, it } from "vitest"
import type { Here } from "../keep/db"
import type { Goods, Line } from "../money/arithmetic"
import {
  ALL,
  bestCoupon,
  cardCode,
  changes,
  couponCode,
  couponRefused,
  dealOf,
  explained,
  flipped,
  looksLikeCoupon,
  NOTHING_CHOSEN,
  nearest,
  offsOf,
  type Quoted,
  wishOf,
} from "./quote"

const HERE: Here = { store: "s1", storeName: "", sellerName: "", device: "t1", currency: "USD" }
const tea: Goods = {
  sku: "tea", title: "Tea", unit: "piece", pack: 1, bp: 825, top: true, codes: [], keys: [], prices: [[2, 1, 1999, 1]],
} // biome-ignore format: a table
const salt: Goods = { ...tea, sku: "salt", title: "Salt", bp: 0, prices: [[2, 1, 55, 1]] }
const line = (goods: Goods, quantity: number, off = 0): Line => ({ goods, quantity, off, why: off ? "dent" : "" })
const LINES = [line(tea, 2, 98), line(salt, 1)]
const note = { name_zh: "", why: "", amount: 0, gap: 0, gap_unit: "", by: "", lines: [], funders: [] }
const off = { funder: "seller", rule: "three-off@1", stage: "order" }

/** By hand 0.98 off the tea, then 3.00 off the whole: 295 and 5 cents of it. */
const QUOTED = {
  currency: "USD", gross: 4053, discount: 398, tax: 298, total: 3953, member: null, earns: 0, plan_version: "",
  points: { units: 0, amount: 0, used: 0 }, red_packets: { units: 0, amount: 0, used: 0 }, coupons: [],
  lines: [
    { line_no: 1, sku: "tea", quantity: 2, unit_price: 1999, price_per: 1, price_source: "", gross: 3998, discount: 393, tax: 297, payable: 3902 },
    { line_no: 2, sku: "salt", quantity: 1, unit_price: 55, price_per: 1, price_source: "", gross: 55, discount: 5, tax: 1, payable: 51 },
  ],
  adjustments: [
    { ...off, line_no: 1, amount: 206 }, { ...off, line_no: 1, funder: "brand", amount: 89 }, { ...off, line_no: 2, amount: 5 },
    { line_no: 1, stage: "line", rule: "dent", funder: "seller", amount: 98 },
  ],
  notes: [{ ...note, stage: "order", rule: "three-off@1", name: "Three off", name_zh: "立减3元", outcome: "applied", amount: 300 }],
} as unknown as Quoted // biome-ignore format: a table

const WISH = wishOf(HERE, LINES, null, NOTHING_CHOSEN)
if (!WISH) throw new Error("there are lines")

describe("what is asked", () => {
  it("is the sale without amounts of its own, and what the member uses", () => {
    expect(wishOf(HERE, [], null, NOTHING_CHOSEN)).toBeNull()
    expect(
      wishOf(HERE, LINES, { kind: "card", value: "M1", name: "Ada" }, { coupons: ["C"], points: ALL, redPacket: 0 }),
    ).toEqual({
      store: "s1",
      device: "t1",
      lines: [
        { sku: "tea", quantity: 2, adjustments: [{ amount_minor: 98, reason: "dent" }] },
        { sku: "salt", quantity: 1 },
      ],
      member: { kind: "card", value: "M1" },
      coupons: ["C"],
      points: ALL,
    })
  })
})

describe("a deal", () => {
  it("is at list, by hand less, while nothing is quoted", () => {
    const deal = dealOf(LINES, null, WISH)
    expect(deal.quoted).toBeNull()
    // 8.25 % of 39.00.
    expect(deal.sum).toEqual({ gross: 4053, discount: 98, tax: 322, total: 4277, units: 3 })
    expect(deal.offs).toEqual([{ stage: "line", rule: "dent", name: "dent", name_zh: "dent", amount: 98 }])
  })

  it("is what was quoted, by rule in the order it came off", () => {
    const deal = dealOf(LINES, { wish: WISH, quoted: QUOTED }, WISH)
    expect(deal.quoted).toBe(QUOTED)
    expect(deal.sum).toEqual({ gross: 4053, discount: 398, tax: 298, total: 3953, units: 3 })
    expect(deal.offs.map((one) => [one.stage, one.name, one.amount])).toEqual([["line", "dent", 98], ["order", "Three off", 300]]) // biome-ignore format: short
    expect(deal.own.map((offs) => offs.map((one) => one.amount))).toEqual([[98], []])
    expect(deal.offs.reduce((sum, one) => sum + one.amount, 0)).toBe(QUOTED.discount)
  })

  it("keeps what is known of lines that stand as they were, and adds the new one at list", () => {
    const lines = [...LINES, line(salt, 2)]
    const deal = dealOf(lines, { wish: WISH, quoted: QUOTED }, wishOf(HERE, lines, null, NOTHING_CHOSEN))
    expect([deal.quoted, deal.sum.total, deal.sum.gross]).toEqual([null, 3953 + 110, 4053 + 110])
    const fewer = [line(tea, 1), line(salt, 1)]
    const now = dealOf(fewer, { wish: WISH, quoted: QUOTED }, wishOf(HERE, fewer, null, NOTHING_CHOSEN))
    // The tea at list again, of the salt what was quoted: 19.99 + 1.65 tax, and 0.51.
    expect(now.sum).toEqual({ gross: 2054, discount: 5, tax: 166, total: 2215, units: 2 })
    expect(now.offs.map((one) => one.amount)).toEqual([5])
  })

  it("says what makes it differ from another", () => {
    const before = dealOf(LINES, { wish: WISH, quoted: QUOTED }, WISH)
    const after = dealOf(LINES, null, WISH)
    expect(changes(LINES, before, after)).toEqual([
      { name: "Three off", name_zh: "立减3元", before: -300, after: 0 },
      { name: "", name_zh: "", before: 298, after: 322 },
    ])
    const again = {
      ...QUOTED,
      adjustments: QUOTED.adjustments.map((one) => ({ ...one, rule: one.rule.replace("@1", "@2") })),
    }
    expect(changes(LINES, before, dealOf(LINES, { wish: WISH, quoted: again }, WISH))).toEqual([])
  })
})

describe("reasons", () => {
  const near = (name: string, gap: number, gap_unit: string) => ({
    ...note,
    stage: "order",
    rule: name,
    name,
    outcome: "near",
    gap,
    gap_unit,
  })
  const told = {
    ...QUOTED,
    notes: [{ ...note, rule: "b", name: "b", outcome: "barred" }, near("units", 1, "units"), near("far", 900, "minor"), near("close", 40, "minor"), ...QUOTED.notes],
  } as unknown as Quoted // biome-ignore format: a table
  it("come with what counts first, and the nearest first of what is near", () => {
    expect(explained(told).map((one) => one.name)).toEqual(["Three off", "close", "far", "units", "b"])
    expect(nearest(told)?.name).toBe("close")
    expect(nearest(QUOTED)).toBeNull()
  })
  it("name deductions; what has no note is named by its rule", () => {
    expect(offsOf({ ...QUOTED, notes: [] })[1]).toEqual({
      stage: "order",
      rule: "three-off@1",
      name: "three-off@1",
      name_zh: "",
      amount: 300,
    })
  })
})

it("the best coupon is the one that takes off most, if any does", () => {
  const coupon = (code: string, amount: number) => ({ code, name: code, name_zh: code, used: false, amount, why: "" })
  expect(bestCoupon({ ...QUOTED, coupons: [coupon("A", 100), coupon("B", 250), coupon("C", 250)] })?.code).toBe("B")
  expect(bestCoupon({ ...QUOTED, coupons: [coupon("A", 0)] })).toBeNull()
})

it("one key uses as much as is allowed, and the same key lets it be", () => {
  const coupon = { code: "B", name: "B", name_zh: "B", used: false, amount: 250, why: "" }
  const some = { ...QUOTED, coupons: [coupon], points: { units: 80, amount: 80, used: 0 } }
  const used = flipped(NOTHING_CHOSEN, "coupon", some)
  expect(used).toEqual({ coupons: ["B"], points: 0, redPacket: 0 })
  expect(used && flipped(used, "points", some)).toEqual({ coupons: ["B"], points: ALL, redPacket: 0 })
  expect(used && flipped(used, "coupon", null)).toEqual(NOTHING_CHOSEN)
  expect(flipped({ ...NOTHING_CHOSEN, points: 5 }, "points", null)).toEqual(NOTHING_CHOSEN)
  expect((["coupon", "points", "redPacket"] as const).map((right) => flipped(NOTHING_CHOSEN, right, QUOTED))).toEqual([
    null, null, null,
  ]) // biome-ignore format: a table
})

describe("codes", () => {
  it("of coupons are written in their groups; others stay as they are", () => {
    expect(["abcde23456fghj", "ABCDE-23456-FGHJ", " save10 "].map(couponCode)).toEqual([
      "ABCDE-23456-FGHJ",
      "ABCDE-23456-FGHJ",
      "SAVE10",
    ])
    expect(["ABCDE-23456-FGHJ", "5901234120017", "SAVE10", "ABCDE-23456-FGH1"].map(looksLikeCoupon)).toEqual([
      true, false, false, false,
    ]) // biome-ignore format: a table
  })
  it("tell which one is in the way", () => {
    const told = [["/lines/0/sku", "/coupons/1"], ["/coupons"], ["/lines/0"], [null]]
    expect(told.map((pointers) => couponRefused({ errors: pointers.map((pointer) => ({ pointer })) }))).toEqual([
      1, 0, null, null,
    ]) // biome-ignore format: a table
    expect(couponRefused({})).toBeNull()
  })
  it("of gift cards have sixteen signs", () => {
    expect(cardCode("abcd-0123 4567-wxyz")).toBe("ABCD01234567WXYZ")
    expect([cardCode("5901234120017"), cardCode("ABCD-0123-4567-WXYI")]).toEqual([null, null])
  })
})
