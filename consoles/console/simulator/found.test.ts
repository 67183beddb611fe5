import { saying } from "@kit/words"
import { describe, expect, it } from "vitest"
import { againAt, barText, bpText, goneText, percentText } from "./found"
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
  it("says when something runs out, and nothing of what has no bound", () => {
    const t = saying(words, "en")
    const one = { name: "x", kind: "coupon", used: 2, off: 0, orders: 2, days: [] }
    expect(goneText({ ...one, cap: 0, gone_on: null }, t)).toBe("")
    expect(goneText({ ...one, cap: 9, gone_on: null }, t)).toBe("it lasts")
    expect(goneText({ ...one, cap: 2, gone_on: 20261122 }, t)).toContain("2026")
  })
  it("leads back to the form with all that was asked", () => {
    const draft = {
      promotions: ["ten@1", "five@2"],
      proposal: "ppr_1",
      coupons: [{ batch: "spring", uptake_bp: 5_000 }],
    }
    const run = { name: "x", basis: "now", sample: { channel: "mall", orders: 5 }, draft } as never
    const asked = new URL(againAt(run, String), "http://here").searchParams
    expect(asked.get("promotion")).toBe("ten@1,five@2")
    expect(asked.get("proposal")).toBe("ppr_1")
    expect(JSON.parse(asked.get("written") ?? "")).toEqual({ coupons: draft.coupons })
  })
})
