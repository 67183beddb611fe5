import { saying } from "@kit/words"
import { describe, expect, it } from "vitest"
import { barText, bpText, percentText } from "./found"
import { words } from "./words"

describe("what a simulation found, in words", () => {
  it("names bars by whole per cents, and what did not change by its own word", () => {
    const t = saying(words, "en")
    const bars = [
      [null, -5000],
      [-5000, -2000],
      [-100, 0],
      [0, 1],
      [1, 101],
      [5001, null],
    ].map(([from_bp, to_bp]) => barText({ from_bp: from_bp ?? null, to_bp: to_bp ?? null, orders: 0 }, t))
    expect(bars).toEqual(["below −50 %", "−50 % to −20 %", "−1 % to 0 %", "unchanged", "0 % to +1 %", "+50 % and more"])
  })
  it("says changes with their sign", () => {
    expect([bpText(-500), bpText(0), bpText(201)]).toEqual(["−5 %", "0 %", "+2 %"])
    expect([percentText(200, 140), percentText(100, 100), percentText(0, 5)]).toEqual(["−30.0 %", "0.0 %", ""])
  })
})
