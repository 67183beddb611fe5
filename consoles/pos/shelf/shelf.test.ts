import { describe, expect, it } from "vitest"
import type { Sent } from "../keep/sale"
import { Shelf } from "./shelf"

const price = [[2, 1, 100, 1]] as Sent["prices"]
function shelf(): Shelf {
  const made = new Shelf()
  made.put([
    { sku: "tea", title: "Green Tea 50g", codes: ["4006381333931"], prices: price },
    { sku: "tea2", title: "Tea, black", codes: ["36000291452"], prices: price },
    { sku: "lj", title: "龙井茶 明前", keys: ["ljcmq", "longjingchamingqian"], prices: price },
    { sku: "old", title: "Tea nobody prices" },
  ])
  return made
}
const skus = (typed: string) =>
  shelf()
    .search(typed)
    .map((one) => one.sku)

describe("a shelf", () => {
  it("knows codes and barcodes, with leading zeros or without", () => {
    expect([
      shelf().named("4006381333931")?.sku,
      shelf().named("036000291452")?.sku,
      shelf().named("TEA")?.sku,
    ]).toEqual(["tea", "tea2", "tea"])
    expect(shelf().named("nothing")).toBeNull()
  })
  it("finds by the beginnings of words, in any order", () => {
    expect(skus("te gre")).toEqual(["tea"])
    expect(skus("tea")).toEqual(["tea", "tea2", "old"])
    expect(skus("ea")).toEqual([])
    expect(skus("")).toEqual([])
  })
  it("finds by pinyin and by signs", () => {
    expect([skus("ljc"), skus("longj"), skus("龙井")]).toEqual([["lj"], ["lj"], ["lj"]])
  })
  it("follows what changes and forgets what is gone", () => {
    const made = shelf()
    made.put([
      { sku: "tea", title: "Oolong", prices: price },
      { sku: "tea2", gone: true },
    ])
    expect(made.search("tea").map((one) => one.sku)).toEqual(["tea", "old"])
    expect([made.named("tea")?.title, made.named("tea2"), made.size]).toEqual(["Oolong", null, 3])
  })
  it("looks at some of what a common beginning finds, not at all of it", () => {
    const made = new Shelf()
    const colors = ["red", "blue", "green", "white", "black"]
    made.put(
      Array.from(
        { length: 20_000 },
        (_, i): Sent => ({ sku: `k${i}`, title: `${colors[i % 5]} item ${i}`, prices: price }),
      ),
    )
    expect(made.search("i").length).toBe(60)
    expect(made.search("green item 777").map((one) => one.sku)).toContain("k7777")
    expect(made.search("7777").map((one) => one.sku)).toEqual(["k7777"])
  })
})
