import { expect, it } from "vitest"
import { asQuery, asSearch } from "./search"

it("writes the same filters as the same text, whatever their order", () => {
  expect(asQuery({ status: "paid", q: "a b&c" })).toBe("q=a+b%26c&status=paid")
  expect(asQuery({ q: "a b&c", status: "paid" })).toBe(asQuery({ status: "paid", q: "a b&c" }))
})

it("reads back what it wrote, a code of digits as text", () => {
  expect(asSearch(asQuery({ sku: "007", q: "牛奶" }))).toEqual({ sku: "007", q: "牛奶" })
  expect(asSearch("")).toEqual({})
})
