import { expect, it } from "vitest"
import { added, changed, LINES_MAX } from "./basket"

const tea = { sku: "tea", quantity: 1, price: 100, per: 1 }

it("adds to the line that is there, at the price seen now", () => {
  expect(added([], tea)).toEqual([tea])
  expect(added([tea], { ...tea, quantity: 2, price: 90 })).toEqual([{ ...tea, quantity: 3, price: 90 }])
  expect(added([tea], { ...tea, sku: "salt" })).toEqual([tea, { ...tea, sku: "salt" }])
})

it("takes a line out with its last unit", () => {
  expect(changed([tea], "tea", 3)).toEqual([{ ...tea, quantity: 3 }])
  expect(changed([tea], "tea", 0)).toEqual([])
  expect(changed([tea], "salt", 3)).toEqual([tea])
})

it("ends", () => {
  const many = Array.from({ length: LINES_MAX }, (_, no) => ({ ...tea, sku: `s${no}` }))
  expect(added(many, tea)).toEqual(many)
})
