import { describe, expect, it } from "vitest"
import { placed, standing } from "./Validity"

const NOW = Date.parse("2026-11-22T12:00:00Z")
const day = (offset: number) => new Date(NOW + offset * 86_400_000).toISOString()

describe("a price in time", () => {
  it("holds from its beginning until just before its end", () => {
    expect(standing({ valid_from: day(0), valid_to: null }, NOW)).toBe("now")
    expect(standing({ valid_from: day(1) }, NOW)).toBe("later")
    expect(standing({ valid_from: day(-2), valid_to: day(0) }, NOW)).toBe("over")
  })
  it("is drawn on a line of three years, a third of it past", () => {
    expect(placed(day(0), null, NOW).left).toBeCloseTo(33.33, 1)
    expect(placed(day(-5000), null, NOW)).toEqual({ left: 0, width: 100 })
    expect(placed(day(-5000), day(-4000), NOW)).toEqual({ left: 0, width: 1 })
  })
})
