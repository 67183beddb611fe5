import { createHash } from "node:crypto"
import { describe, expect, it } from "vitest"
import type { Sale } from "../keep/sale"
import { beyond, fingerprint, numberOf } from "./chain"
import { sha256 } from "./sha256"

const SALE: Sale = {
  store: "s1",
  device: "t1",
  receipt_no: "000002",
  sold_at: "2026-11-22T12:00:00.250Z",
  lines: [
    { sku: "tea", quantity: 2, amount_minor: 3998 },
    { sku: "盐", quantity: 1 },
  ],
  tenders: [
    { method: "cash", amount_minor: 4000 },
    { method: "card", amount_minor: 388 },
  ],
  chain: { seq: 2, prev_hash: "ab".repeat(32), offline: true },
}

describe("the hash of a receipt", () => {
  it("is SHA-256, of anything", () => {
    for (const text of [
      "",
      "abc",
      "收银".repeat(40),
      "x".repeat(55),
      "x".repeat(56),
      "x".repeat(64),
      "x".repeat(1000),
    ]) {
      expect(sha256(text)).toBe(createHash("sha256").update(text).digest("hex"))
    }
  })
  it("is the one the server works out", () => {
    // tests/flows/test_till_sync.py holds the same
    expect(fingerprint(SALE)).toBe("69e56f1727309f7953357782e0bdb48d8c4caff82a7266c6adc701adeb8b78b2")
  })
  it("changes with the place, the receipt before it, the time, a line and a tender", () => {
    const others: Sale[] = [
      { ...SALE, chain: { seq: 3, prev_hash: "ab".repeat(32) } },
      { ...SALE, chain: { seq: 2, prev_hash: "ac".repeat(32) } },
      { ...SALE, sold_at: "2026-11-22T12:00:00.251Z" },
      { ...SALE, lines: [{ sku: "tea", quantity: 2, amount_minor: 3997 }] },
      { ...SALE, tenders: [{ method: "cash", amount_minor: 4388 }] },
    ]
    expect(new Set([SALE, ...others].map(fingerprint)).size).toBe(6)
  })
})

it("numbers are places", () => {
  expect([numberOf(1), numberOf(1234567)]).toEqual(["000001", "1234567"])
})

describe("caps", () => {
  const caps = { countMax: 2, amountMax: 1000, until: 500 }
  it("let a receipt pass up to the last one, the last cent and the last instant", () => {
    expect(beyond(caps, [{ total: 400 }], 600, 500)).toBeNull()
  })
  it("say which of them is in the way", () => {
    expect(beyond(caps, [], 1, 501)).toBe("age")
    expect(beyond(caps, [{ total: 1 }, { total: 1 }], 1, 1)).toBe("count")
    expect(beyond(caps, [{ total: 400 }], 601, 1)).toBe("amount")
  })
})
