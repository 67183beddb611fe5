import { describe, expect, it } from "vitest"
import { basketOf, basketText } from "./basket"

describe("a basket in the address", () => {
  it("comes back as it went", () => {
    expect(basketOf("tea:2,rice:1500")).toEqual([
      { sku: "tea", quantity: 2 },
      { sku: "rice", quantity: 1500 },
    ])
    expect(basketText(basketOf("tea:2,a:b:3"))).toBe("tea:2,a:b:3")
  })
  it("leaves out what is not finished", () => {
    expect(basketOf("tea,:3,x:0,y:z,")).toEqual([{ sku: "tea", quantity: 1 }])
    expect(basketText([{ sku: "tea", quantity: 1 }, { sku: " " }, undefined])).toBe("tea:1")
  })
})
