import { describe, expect, it } from "vitest"
import { code39, readReceiptCode, receiptCode } from "./code39"

describe("a receipt's barcode", () => {
  it("has five bars to a sign, three of nine elements wide", () => {
    const drawn = code39("S1/T1/000042")
    expect(drawn?.bars.length).toBe(14 * 5)
    // 14 signs of six narrow and three wide elements, and a narrow gap between them
    expect(drawn?.width).toBe(14 * (6 + 3 * 2.5) + 13)
  })
  it("cannot say everything", () => {
    expect(code39("收银")).toBeNull()
  })
  it("names a receipt of any till; a number alone is one of this till", () => {
    const here = { store: "s1", device: "t1" }
    expect(readReceiptCode(receiptCode("s2", "t9", "000042").toUpperCase(), here)).toEqual({
      store: "s2",
      device: "t9",
      no: "000042",
    })
    expect(readReceiptCode("42", here)).toEqual({ ...here, no: "000042" })
    expect(readReceiptCode("20170101-7", here)).toEqual({ ...here, no: "20170101-7" })
  })
})
