import { describe, expect, it } from "vitest"
import { type KindOf, mapped, missing } from "./sheets"

const field = (name: string, needed = false) => ({ name, title: name, needed, key: false, told: false })
const prices: KindOf = {
  name: "prices",
  title: "Prices",
  scopes: ["pricing:write"],
  fields: [field("list", true), field("sku", true), field("amount", true), field("per")],
}
const products: KindOf = {
  name: "products",
  title: "Products",
  scopes: ["catalog:write"],
  fields: [field("product"), field("sku")],
}

describe("what a file lacks", () => {
  it("is every needed field that neither a column nor a default says", () => {
    expect(missing(prices, ["sku", "", "amount"], {})).toEqual(["list"])
    expect(missing(prices, ["sku", "", "amount"], { list: "base" })).toEqual([])
    expect(missing(prices, [], {})).toEqual(["list", "sku", "amount"])
  })
  it("is a SKU where products are named by neither", () => {
    expect(missing(products, ["title"], {})).toEqual(["sku"])
    expect(missing(products, ["product"], {})).toEqual([])
    expect(missing(products, ["sku"], {})).toEqual([])
  })
})

describe("giving a column a meaning", () => {
  it("takes it from the column that had it", () => {
    expect(mapped(["sku", "", "title"], 1, "sku")).toEqual(["", "sku", "title"])
  })
  it("lets several columns mean nothing", () => {
    expect(mapped(["sku", "", "title"], 2, "")).toEqual(["sku", "", ""])
  })
})
