import { describe, expect, it } from "vitest"
import { addressOf } from "./Row"

describe("a column of a broken invariant", () => {
  it("opens what it names", () => {
    expect(addressOf("order", "ord_4sp2fzz2pr8b9")).toBe("/orders/ord_4sp2fzz2pr8b9")
    expect(addressOf("code", "revenue:1:2:20170101")).toBe("/ledger/account?code=revenue%3A1%3A2%3A20170101")
    expect(addressOf("entry", "ent_4sp2fzz2pr8b9")).toBe("/ledger/entries/ent_4sp2fzz2pr8b9")
  })
  it("is plain where it names nothing", () => {
    expect(addressOf("gross", 201)).toBeNull()
    expect(addressOf("account", "12")).toBeNull()
  })
})
