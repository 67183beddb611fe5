import { describe, expect, it } from "vitest"
import { lineAmount, marginOf, percentText, permille, shareText, sum } from "./figures"

describe("figures of agreed prices", () => {
  it("rounds a line once, half up", () => {
    expect([lineAmount(305, 1000, 1640), lineAmount(5, 1000, 100), lineAmount(5, 1000, 99)]).toEqual([500, 1, 0])
  })
  it("has no sum while a line has no price", () => {
    const lines = [
      { amount: 800, per: 1, quantity: 20 },
      { amount: null, per: 1, quantity: 1 },
    ]
    expect([sum(lines), sum(lines.slice(0, 1)), sum([])]).toEqual([null, 16_000, 0])
  })
  it("tells the margin as the house does, and none where the cost is not known", () => {
    const known = [
      marginOf(1000, 1, 800, 1),
      marginOf(900, 1000, 1, 1),
      marginOf(300, 1, 350, 1),
      marginOf(3616, 1, 1800, 1),
    ]
    expect(known).toEqual([2000, -1111, -1667, 5022])
    expect([marginOf(1000, 1, null, null), marginOf(0, 1, 800, 1)]).toEqual([null, null])
    expect([shareText(2000), shareText(-1667), shareText(0)]).toEqual(["20.0 %", "−16.7 %", "0.0 %"])
  })
  it("tells how a price moves, whatever it is per", () => {
    expect([
      permille(900, 1, 1000, 1),
      permille(900, 1000, 1, 1),
      permille(1, 1, 0, 1),
      permille(5, 1, null, null),
    ]).toEqual([-100, -100, null, null])
    expect([percentText(-85), percentText(0), percentText(125)]).toEqual(["−8.5 %", "0.0 %", "+12.5 %"])
  })
})
