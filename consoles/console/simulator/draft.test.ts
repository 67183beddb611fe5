import { describe, expect, it } from "vitest"
import { readPrices, writtenPrices } from "./draft"

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
