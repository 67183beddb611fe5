import { describe, expect, it } from "vitest"
import { type Fields, fieldsOf, type Promotion, termsOf } from "./terms"

const KEPT = {
  code: "double-11",
  terms: {
    name: "Double 11",
    stage: "order",
    currency: "CNY",
    goods: { categories: ["tea"], except_categories: ["rare"] },
    measure: "amount",
    base: "list",
    tiers: [{ least: 10_000, benefit: { kind: "amount", amount_minor: 1_000 } }],
    funders: [
      { funder: "seller", bp: 6_000 },
      { funder: "brand", bp: 4_000 },
    ],
    stacking: { group: "threshold", joins: ["member"], bars: ["coupon"] },
    limits: { times_max: 3, budget_minor: 500_000 },
    valid_from: "2026-11-01T00:00:00Z",
    valid_to: "9999-12-31T23:59:59.999999Z",
  },
} as unknown as Promotion

describe("terms and the form they are written in", () => {
  it("keep what the form does not show", () => {
    const terms = termsOf(fieldsOf(KEPT, "CNY"), KEPT.terms)
    expect(terms.goods?.except_categories).toEqual(["rare"])
    expect(terms.base).toBe("list")
    expect(terms.stacking).toEqual({ group: "threshold", joins: ["member"], bars: ["coupon"], stop_after: false })
    expect(terms.limits?.times_max).toBe(3)
    expect(terms.funders).toEqual(KEPT.terms.funders)
    expect(terms.tiers).toEqual([{ least: 10_000, benefit: { kind: "amount", amount_minor: 1_000, each: false } }])
    expect(terms.valid_to).toBe("9999-12-31T23:59:59.999999Z")
  })

  it("write a percentage in basis points and name a currency only where there is money", () => {
    const typed: Fields = {
      ...fieldsOf(undefined, "CNY"),
      tiers: [{ least: 0, kind: "nth_item", nth: 2, percent: 50 }],
    }
    const terms = termsOf(typed)
    expect(terms.tiers).toEqual([{ least: 0, benefit: { kind: "nth_item", nth: 2, bp: 5_000 } }])
    expect(terms.currency).toBe("")
    expect(termsOf({ ...typed, measure: "amount" }).currency).toBe("CNY")
  })

  it("make a coupon of what is given at the coupon stage", () => {
    expect(termsOf({ ...fieldsOf(undefined, "CNY"), stage: "coupon" }).coupon).toBe(true)
    expect(termsOf({ ...fieldsOf(undefined, "CNY"), stage: "order" }).coupon).toBe(false)
  })
})
