import { describe, expect, it } from "vitest"
import { added, type Line, lineOf, removed, scanned, set } from "./lines"

const tea: Line = { sku: "tea", title: "Tea", unit: "piece", units: 1, book: 20 }
const rice: Line = { sku: "rice", title: "Rice", unit: "gram", units: 5, book: 0 }

describe("a scan", () => {
  it("is one of what was scanned, or as many as typed before a star", () => {
    expect(scanned("4006381333931")).toEqual({ code: "4006381333931", units: 1 })
    expect(scanned(" 3*tea-100 ")).toEqual({ code: "tea-100", units: 3 })
    expect(scanned("12 × tea")).toEqual({ code: "tea", units: 12 })
    expect(scanned("0*tea")).toEqual({ code: "tea", units: 0 })
  })
  it("is nothing when nothing was typed", () => {
    expect(scanned("")).toBeNull()
    expect(scanned("  ")).toBeNull()
  })
  it("keeps a code that only looks like a number of something", () => {
    expect(scanned("2x4-board")).toEqual({ code: "4-board", units: 2 })
    expect(scanned("box12")).toEqual({ code: "box12", units: 1 })
  })
})

describe("lines", () => {
  it("add up, the last scanned in front", () => {
    const lines = added(added(added([], tea), rice), { ...tea, units: 2 })
    expect(lines.map((line) => [line.sku, line.units])).toEqual([
      ["tea", 3],
      ["rice", 5],
    ])
  })
  it("are set and removed by SKU", () => {
    expect(set([tea, rice], "rice", 0)[1]?.units).toBe(0)
    expect(removed([tea, rice], "tea")).toEqual([rice])
  })
})

describe("a pointer", () => {
  it("names the line it is about, and nothing else", () => {
    expect(lineOf("/lines/3/quantity")).toBe(3)
    expect(lineOf("/lines/12")).toBe(12)
    expect(lineOf("/location")).toBeNull()
  })
})
