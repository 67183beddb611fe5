import type { EventView } from "@kit/api/schema.gen"
import { saying } from "@kit/words"
import { describe, expect, it } from "vitest"
import { happened, happeningsOf } from "./happenings"
import { trade } from "./words"

const TYPES = [
  "order.placed.v1",
  "sale.rung.v1",
  "order.paid.v1",
  "order.canceled.v1",
  "order.expired.v1",
  "order.edited.v1",
  "order.commented.v1",
  "order.returned.v1",
  "order.late_payment.v1",
  "payment.started.v1",
  "payment.captured.v1",
  "payment.failed.v1",
  "refund.requested.v1",
  "refund.done.v1",
  "refund.failed.v1",
  "work.released.v1",
  "work.picked.v1",
  "shipment.sent.v1",
  "shipment.delivered.v1",
  "member.joined.v1",
  "member.identity_added.v1",
  "member.blocked.v1",
  "member.unblocked.v1",
]

const event = (type: string, facts: Record<string, unknown>, more: Partial<EventView> = {}): EventView => ({
  id: type,
  type,
  at: "2026-11-22T12:00:00Z",
  actor: "staff:7",
  who: "Mei",
  facts,
  ...more,
})

const told = (at: "en" | "zh", ...events: EventView[]) =>
  happeningsOf(events, saying(happened, at), saying(trade, at), "USD")

describe("what happened, in sentences", () => {
  it.each(["en", "zh"] as const)("has words for every event in %s", (at) => {
    const facts = {
      amount: 1280,
      total: 1280,
      currency: "USD",
      method: "cash",
      reason: "damaged",
      lines: [{ line: 1, quantity: 2 }],
    }
    for (const one of told(at, ...TYPES.map((type) => event(type, facts)))) {
      expect(one.what).not.toBe("")
      expect(String(one.what)).not.toMatch(/undefined|\.v1|_/)
    }
  })
  it("says amounts with their sign, units with their line, and who did it", () => {
    const [canceled, captured] = told(
      "en",
      event("order.canceled.v1", { amount: 1280, reason: "out_of_stock", lines: [{ line: 2, quantity: 3 }] }),
      event(
        "payment.captured.v1",
        { amount: 1280, currency: "USD", method: "qr" },
        { actor: "system:channel", who: "" },
      ),
    )
    expect([canceled?.what, canceled?.who]).toEqual(["Canceled 3 × line 2: Out of stock", "Mei"])
    expect([captured?.what, captured?.who]).toEqual(["$12.80 received by QR code", "Payment channel"])
  })
  it("counts lines where there are many of them", () => {
    const lines = [1, 2, 3, 4].map((line) => ({ line, quantity: line }))
    expect(told("en", event("work.picked.v1", { work: "ful_1", lines }))[0]?.what).toBe("Picked 10 units of 4 lines")
    expect(told("zh", event("work.picked.v1", { work: "ful_1", lines: lines.slice(2) }))[0]?.what).toBe(
      "拣货 第 3 行 × 3、第 4 行 × 4",
    )
  })
  it("does not tell twice that goods have left", () => {
    expect(
      told("en", event("order.shipped.v1", {}), event("shipment.sent.v1", { lines: [] })).map((one) => one.key),
    ).toEqual(["shipment.sent.v1"])
  })
  it("shows what a person wrote as their words", () => {
    expect(told("zh", event("order.commented.v1", { text: "周六送" }))[0]).toMatchObject({
      what: "备注",
      comment: "周六送",
    })
  })
})
