import { describe, expect, it } from "vitest"
import { due, type Goods, lay, layAgain, lineAmount, lineSum, priceOf, quickCash, sumOf, taxOf } from "./arithmetic"

const tea: Goods = {
  sku: "tea", title: "Tea", unit: "piece", pack: 1, bp: 825, top: true, codes: [], keys: [],
  prices: [[1, 10, 1800, 1], [2, 1, 1999, 1]],
} // biome-ignore format: a table
const rice: Goods = { ...tea, sku: "rice", unit: "g", bp: 200, prices: [[2, 1, 250, 1000]] }
const book: Goods = { ...tea, sku: "book", bp: 700, top: false, prices: [[2, 1, 1070, 1]] }

describe("a line", () => {
  it("is priced as the server prices it", () => {
    expect(priceOf(tea, 9)?.unit).toBe(1999)
    expect(priceOf(tea, 10)?.unit).toBe(1800)
    expect(priceOf({ ...tea, prices: [] }, 1)).toBeNull()
    expect([lineAmount(250, 1000, 333), lineAmount(250, 1000, 2), lineAmount(5, 2, 1)]).toEqual([83, 1, 3])
    expect(lineAmount(999_999_999_999, 1, 1_000)).toBe(999_999_999_999_000)
  })
  it("is taxed on top or contained, rounded once", () => {
    expect([taxOf(3998, 825, true), taxOf(55, 825, true), taxOf(1070, 700, false), taxOf(0, 825, true)]).toEqual([
      330, 5, 70, 0,
    ])
    expect(lineSum({ goods: tea, quantity: 2, off: 698, why: "dent" })).toEqual({
      unit: 1999, per: 1, gross: 3998, net: 3300, tax: 272, payable: 3572,
    }) // biome-ignore format: a table
  })
})

it("a receipt is the sum of its lines", () => {
  const lines = [tea, rice, book].map((goods) => ({ goods, quantity: goods.unit === "g" ? 500 : 2, off: 0, why: "" }))
  expect(sumOf(lines)).toEqual({
    gross: 3998 + 125 + 2140,
    discount: 0,
    tax: 330 + 3 + 140,
    total: 4328 + 128 + 2140,
    units: 5,
  })
})

describe("tenders", () => {
  it("split, and only cash gives change", () => {
    const card = lay(4328, [], { method: "card", given: 4000 })
    expect(card).toEqual({ tenders: [{ method: "card", amount: 4000 }], change: 0 })
    if ("refused" in card) throw new Error("refused")
    expect(lay(4328, card.tenders, { method: "cash", given: 500 })).toEqual({
      tenders: [{ method: "card", amount: 4000 }, { method: "cash", amount: 328 }], change: 172,
    }) // biome-ignore format: a table
    expect(due(4328, card.tenders)).toBe(328)
    expect(lay(4328, card.tenders, { method: "card", given: 329 })).toEqual({ refused: "over" })
    expect(lay(4328, card.tenders, { method: "cash", given: 0 })).toEqual({ refused: "nothing" })
    expect(lay(0, [], { method: "cash", given: 100 })).toEqual({ refused: "nothing" })
  })
  it("of one method are one", () => {
    const once = lay(1000, [], { method: "cash", given: 300 })
    if ("refused" in once) throw new Error("refused")
    expect(lay(1000, once.tenders, { method: "cash", given: 900 })).toEqual({
      tenders: [{ method: "cash", amount: 1000 }],
      change: 200,
    })
  })
  it("of a gift card are no more than what is left on it, and each card is one", () => {
    const card = { code: "A", pin: "", ending: "AAAA", left: 500 }
    expect(lay(1000, [], { method: "gift_card", given: 501, card })).toEqual({ refused: "card" })
    const once = lay(1000, [], { method: "gift_card", given: 500, card })
    if ("refused" in once) throw new Error("refused")
    expect(lay(1000, once.tenders, { method: "gift_card", given: 1, card })).toEqual({ refused: "card" })
    const other = { ...card, code: "B", ending: "BBBB" }
    expect(lay(1000, once.tenders, { method: "gift_card", given: 200, card: other })).toEqual({
      tenders: [{ method: "gift_card", amount: 500, card }, { method: "gift_card", amount: 200, card: other }],
      change: 0,
    }) // biome-ignore format: a table
  })
  it("are laid again for another total", () => {
    const card = { code: "A", pin: "", ending: "AAAA", left: 900 }
    const puts = [
      { method: "card", given: 300 },
      { method: "gift_card", given: 600, card },
      { method: "cash", given: 500 },
    ]
    // 10.00 was due, 1.00 of the cash was to be given as change; 9.50 is due now.
    expect(layAgain(950, puts)).toEqual({
      tenders: [{ method: "card", amount: 300 }, { method: "gift_card", amount: 600, card }, { method: "cash", amount: 50 }],
      change: 450,
      back: [],
    }) // biome-ignore format: a table
    expect(layAgain(1200, puts)).toMatchObject({ change: 200, back: [] })
    expect(layAgain(700, puts)).toEqual({
      tenders: [{ method: "card", amount: 300 }, { method: "gift_card", amount: 400, card }],
      change: 500,
      back: [],
    }) // biome-ignore format: a table
    expect(layAgain(200, puts)).toEqual({
      tenders: [{ method: "gift_card", amount: 200, card }],
      change: 500,
      back: [{ method: "card", given: 300 }],
    })
  })
  it("are offered exactly and rounded up", () => {
    expect(quickCash(4328, 2)).toEqual([4328, 4400, 4500, 5000, 6000])
    expect(quickCash(5000, 2)).toEqual([5000, 6000, 10_000])
    expect(quickCash(980, 0)).toEqual([980, 1000])
  })
})
