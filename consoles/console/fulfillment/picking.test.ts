import { describe, expect, it } from "vitest"
import { everything, missing, type PickLine, scan, total } from "./picking"

const tea: PickLine = {
  line: 1,
  sku: "tea",
  title: "Tea",
  quantity: 3,
  picked: 1,
  canceled: 0,
  gtins: ["04006381333931"],
}
const rice: PickLine = { line: 2, sku: "rice", title: "Rice", quantity: 2, picked: 0, canceled: 1, gtins: [] }
const more: PickLine = { ...tea, line: 3, quantity: 1, picked: 0 }

describe("scanning what is picked", () => {
  it("takes one unit by SKU in any case, or by its printed barcode", () => {
    expect(scan([tea, rice], {}, " RICE ")).toMatchObject({ kind: "taken", taken: { 2: 1 } })
    expect(scan([tea, rice], { 1: 1 }, "4006381333931")).toMatchObject({ kind: "taken", taken: { 1: 2 } })
  })
  it("never takes more than is asked for, nor what was taken or canceled before", () => {
    expect(missing(tea, {})).toBe(2)
    expect(missing(rice, {})).toBe(1)
    expect(scan([tea, rice], { 2: 1 }, "rice")).toMatchObject({ kind: "enough", line: rice })
  })
  it("fills the second line of the same SKU when the first is complete", () => {
    expect(scan([tea, more], { 1: 2 }, "tea")).toMatchObject({ kind: "taken", taken: { 1: 2, 3: 1 } })
  })
  it("refuses what is not on the list", () => {
    expect(scan([tea, rice], {}, "salt")).toEqual({ kind: "unknown" })
    expect(scan([tea, rice], {}, "")).toEqual({ kind: "unknown" })
  })
  it("finds everything at once", () => {
    expect(everything([tea, rice])).toEqual({ 1: 2, 2: 1 })
    expect(total(everything([tea, rice]))).toBe(3)
  })
})
