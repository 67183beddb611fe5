import { describe, expect, it } from "vitest"
import { readPrices, written, writtenPoints, writtenPrices } from "./draft"

describe("draft prices as they are pasted", () => {
  it("takes a SKU and a price a line, from a sheet or typed", () => {
    expect(readPrices("tea\t19.90\n\n salt, 0.5 \nrice 2.50 1000", "USD")).toEqual({
      prices: [
        { sku: "tea", amount_minor: 1990 },
        { sku: "salt", amount_minor: 50 },
        { sku: "rice", amount_minor: 250, per: 1000 },
      ],
      wrong: [],
    })
  })
  it("takes a quantity break", () => {
    expect(readPrices("tea 18.00 1 10", "USD").prices).toEqual([{ sku: "tea", amount_minor: 1800, min_quantity: 10 }])
  })
  it("names the lines it does not understand, and keeps the others", () => {
    expect(readPrices("tea\nsalt 0.50\nrice x\nsalt 1 0\na 1 1 1 1", "USD")).toEqual({
      prices: [{ sku: "salt", amount_minor: 50 }],
      wrong: [1, 3, 4, 5],
    })
  })
  it("writes them back as they were", () => {
    const typed = "tea 19.90\nrice 2.50 1000\ntea 18.00 1 10"
    expect(writtenPrices(readPrices(typed, "USD").prices, (minor) => (minor / 100).toFixed(2))).toBe(typed)
  })
})

describe("a promotion in a few words", () => {
  it("takes a share off goods, on each line", () => {
    const { promotion, coupons } = written({ off: "percent", value: 12.5, on: "brands", codes: ["acme"] }, "USD")
    expect(promotion).toMatchObject({
      stage: "activity",
      measure: "none",
      coupon: false,
      goods: { brands: ["acme"] },
      tiers: [{ least: 0, benefit: { kind: "percent", bp: 1250 } }],
      funders: [{ funder: "seller", bp: 10_000 }],
      limits: {},
    })
    expect(coupons).toEqual([])
  })
  it("needs a coupon of a batch of its own, and is borne by two", () => {
    const few = { count: 500, each: 2, uptake: 40, share: 60, other: "acme", budget: 90_000 }
    const { promotion, coupons } = written({ off: "amount", value: 200, least: 2_000, coupon: true, ...few }, "USD")
    expect(promotion).toMatchObject({
      stage: "coupon",
      measure: "amount",
      tiers: [{ least: 2_000, benefit: { kind: "amount", amount_minor: 200 } }],
      funders: [
        { funder: "seller", bp: 6_000 },
        { funder: "acme", bp: 4_000 },
      ],
      limits: { budget_minor: 90_000 },
    })
    expect(coupons).toMatchObject([{ uptake_bp: 4_000, written: { promotion: "draft", cap: 500, per_member: 2 } }])
  })
})

describe("terms of points", () => {
  it("are those that are given, or none", () => {
    expect(writtenPoints({ earn_points: 1, earn_minor: 100, burn_points: null }, "USD")).toEqual({
      rates: [{ currency: "USD", earn_points: 1, earn_minor: 100 }],
    })
    expect(writtenPoints({}, "USD")).toBeNull()
  })
})
