import type { FlashSalesView } from "@kit/api/schema.gen"
import { expect, test } from "vitest"
import { flashOf } from "./flash"

const NOW = Date.parse("2026-11-22T12:00:00Z")

function told(item: object = {}, sale: object = {}): FlashSalesView {
  const plain = { sku: "tea", product: "tea", price_minor: 100, allotment: 20, left: 5, held: 0 }
  const hours = { begins_at: "2026-11-22T11:00:00Z", ends_at: "2026-11-22T13:00:00Z" }
  const items = [{ ...plain, per_member: 0, per_order: 0, ...item }]
  const one = { code: "one", name: "One", name_zh: "", currency: "USD", phase: "running", entry: "automatic", items }
  return { at: "2026-11-22T12:00:00Z", items: [{ ...one, ...hours, ...sale }] } as FlashSalesView
}

test("the flash price holds while it runs and some is left", () => {
  expect(flashOf(told(), "tea", 5, false, NOW)).toBe(100)
  expect(flashOf(told(), "tea", 6, false, NOW)).toBeUndefined()
  expect(flashOf(told(), "salt", 1, false, NOW)).toBeUndefined()
  expect(flashOf(told({}, { begins_at: "2026-11-22T12:00:01Z" }), "tea", 1, false, NOW)).toBeUndefined()
  expect(flashOf(told({}, { ends_at: "2026-11-22T12:00:00Z" }), "tea", 1, false, NOW)).toBeUndefined()
  expect(flashOf(undefined, "tea", 1, false, NOW)).toBeUndefined()
})

test("a sale one enters gives its price to nobody who just buys", () => {
  expect(flashOf(told({}, { entry: "play" }), "tea", 1, true, NOW)).toBeUndefined()
})

test("what is limited is foretold within its limits, and to members where they are counted", () => {
  expect(flashOf(told({ per_order: 2 }), "tea", 3, true, NOW)).toBeUndefined()
  expect(flashOf(told({ per_member: 2 }), "tea", 2, false, NOW)).toBeUndefined()
  expect(flashOf(told({ per_member: 2 }), "tea", 2, true, NOW)).toBe(100)
  expect(flashOf(told({ per_member: 2 }), "tea", 3, true, NOW)).toBeUndefined()
})
