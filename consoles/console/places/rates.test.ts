import { describe, expect, it } from "vitest"
import { basisPoints, percentText, standing } from "./rates"

describe("a tax rate", () => {
  it("is typed as a percentage and kept in basis points", () => {
    expect(["13", "8.25", "8,5", " 6 % ", "0", "100"].map(basisPoints)).toEqual([1300, 825, 850, 600, 0, 10_000])
    expect(["", "13.125", "-1", "100.01", "1e2", "abc", "١٣"].map(basisPoints)).toEqual(Array(7).fill(null))
  })

  it("reads as it was typed", () => {
    expect([1300, 825, 850, 0, 5].map(percentText)).toEqual(["13%", "8.25%", "8.5%", "0%", "0.05%"])
  })

  it("is in force from its beginning to that of the next one of its class", () => {
    const rate = (tax_class: string, rate_bp: number, valid_from: string | null) => ({ tax_class, rate_bp, valid_from })
    const told = standing(
      [
        rate("standard", 1700, null),
        rate("standard", 1300, "2026-01-01T00:00:00Z"),
        rate("standard", 1200, "2027-01-01T00:00:00Z"),
        rate("food", 900, "2026-01-01T00:00:00Z"),
      ],
      Date.parse("2026-06-01T00:00:00Z"),
    )
    expect(told.map((one) => [one.tax_class, one.rate_bp, one.standing])).toEqual([
      ["food", 900, "inForce"],
      ["standard", 1200, "upcoming"],
      ["standard", 1300, "inForce"],
      ["standard", 1700, "past"],
    ])
  })
})
