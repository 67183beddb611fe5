import "fake-indexeddb/auto"
import type { Lease, SaleView, SyncedView } from "@kit/api/schema.gen"
import { afterEach, describe, expect, it, vi } from "vitest"
import { fingerprint } from "../chain/chain"
import { type Database, keep, open } from "../keep/db"
import type { Sale } from "../keep/sale"
import { Engine, type Locks } from "./engine"

const NOW = Date.parse("2026-11-22T12:00:00Z")
const LEASE = {
  now: "2026-11-22T12:00:00Z",
  offline_until: "2026-11-22T20:00:00Z",
  offline_count_max: 2,
  offline_amount_max: 5000,
  head_seq: 0,
  head_hash: "",
  shift: null,
} as unknown as Lease

/** The server: it books a receipt once, and can be cut off before it hears or before its answer is heard. */
class Shop {
  booked = new Map<string, string>()
  calls = 0
  cut: "no" | "before" | "after" = "no"
  refuse = new Set<string>()
  because = "order.tenders_differ"

  async sync(receipts: Sale[]): Promise<SyncedView> {
    this.calls += 1
    if (this.cut === "before") throw new Error("cut")
    const told = receipts.map((one) => {
      if (this.refuse.has(one.receipt_no))
        return { receipt_no: one.receipt_no, state: "refused", refusal: "catalog.unknown_sku" }
      const state = this.booked.has(one.receipt_no) ? "already" : "accepted"
      this.booked.set(one.receipt_no, fingerprint(one))
      return { receipt_no: one.receipt_no, state, order: `ord_${one.receipt_no}` }
    })
    if (this.cut === "after") throw new Error("cut")
    return { receipts: told } as unknown as SyncedView
  }

  async sell(receipt: Sale): Promise<SaleView> {
    this.calls += 1
    if (this.cut === "before") throw new Error("cut")
    if (this.refuse.has(receipt.receipt_no)) throw { status: 422, code: this.because }
    this.booked.set(receipt.receipt_no, fingerprint(receipt))
    if (this.cut === "after") throw new Error("cut")
    return { id: `ord_${receipt.receipt_no}` } as unknown as SaleView
  }

  async lease(): Promise<Lease> {
    if (this.cut !== "no") throw new Error("cut")
    return LEASE
  }
}

/** The browser's locks: one at a time under a name, in order, for all tabs. */
function locks(): Locks {
  const tails = new Map<string, Promise<unknown>>()
  return {
    request(name, work) {
      const next = (tails.get(name) ?? Promise.resolve()).then(work, work)
      tails.set(
        name,
        next.catch(() => undefined),
      )
      return next
    },
  }
}

const SALE = {
  store: "s1",
  device: "t1",
  lines: [{ sku: "tea", quantity: 1, amount_minor: 1000 }],
  tenders: [{ method: "cash", amount_minor: 1000 }],
}
const RECEIPT = { store: "s1", device: "t1", cashier: "", currency: "USD", lines: [], gross: 1000, discount: 0, tax: 0, top: false, total: 1000, tenders: [], given: 1000, change: 0, member: "" } // biome-ignore format: long
let opened: Engine[] = []
let count = 0

async function tab(shop: Shop, shared: Locks = locks(), db?: Database): Promise<Engine> {
  const engine = new Engine(
    db ?? (await open(`test-${count++}`)),
    shop,
    shared,
    () => ({ store: "s1", device: "t1" }),
    () => NOW,
  )
  opened.push(engine)
  await engine.start()
  await vi.waitFor(() => expect(engine.now().lease).not.toBeNull())
  return engine
}

afterEach(() => {
  for (const engine of opened) engine.stop()
  opened = []
})

describe("the queue", () => {
  it("sends a receipt as soon as it is rung up", async () => {
    const shop = new Shop()
    const engine = await tab(shop)
    const receipt = await engine.ring(SALE, RECEIPT)
    await vi.waitFor(() => expect(engine.now().waiting).toBe(0))
    expect([...shop.booked.keys()]).toEqual(["000001"])
    expect(await engine.db.get("receipts", receipt.no)).toMatchObject({
      state: "booked",
      order: "ord_000001",
      offline: false,
    })
  })

  it("keeps what was rung up while the network was cut, and sends it once it is back", async () => {
    const shop = new Shop()
    const engine = await tab(shop)
    shop.cut = "before"
    await engine.ring(SALE, RECEIPT)
    await vi.waitFor(() => expect(engine.now().online).toBe(false))
    const second = await engine.ring(SALE, RECEIPT)
    expect([second.offline, engine.now().waiting, engine.now().waitingAmount]).toEqual([true, 2, 2000])
    shop.cut = "no"
    engine.nudge()
    await vi.waitFor(() => expect([engine.now().waiting, engine.now().online]).toEqual([0, true]))
    expect([...shop.booked.keys()]).toEqual(["000001", "000002"])
  })

  it("is booked once though the answer was lost", async () => {
    const shop = new Shop()
    const engine = await tab(shop)
    shop.cut = "after"
    await engine.ring(SALE, RECEIPT)
    await vi.waitFor(() => expect(engine.now().online).toBe(false))
    expect(engine.now().waiting).toBe(1)
    shop.cut = "no"
    engine.nudge()
    await vi.waitFor(() => expect(engine.now().waiting).toBe(0))
    expect(shop.booked.size).toBe(1)
  })

  it("of two tabs is one: numbers are given once, and each receipt is sent by one of them", async () => {
    const shop = new Shop()
    const shared = locks()
    const db = await open(`test-${count++}`)
    const [one, two] = [await tab(shop, shared, db), await tab(shop, shared, db)]
    shop.cut = "before"
    await Promise.all([one.ring(SALE, RECEIPT), two.ring(SALE, RECEIPT), one.ring(SALE, RECEIPT)])
    shop.cut = "no"
    shop.calls = 0
    await Promise.all([one.sync(), two.sync()])
    await vi.waitFor(async () => expect(await db.count("queue")).toBe(0))
    expect([...shop.booked.keys()]).toEqual(["000001", "000002", "000003"])
    expect(shop.calls).toBe(1)
  })

  it("chains its receipts", async () => {
    const shop = new Shop()
    const engine = await tab(shop)
    shop.cut = "before"
    for (let i = 0; i < 3; i++) await engine.ring(SALE, RECEIPT)
    const [a, b, c] = await engine.db.getAll("queue")
    expect([a?.sale.chain?.prev_hash, b?.sale.chain?.prev_hash, c?.sale.chain?.prev_hash]).toEqual([
      "",
      a?.hash,
      b?.hash,
    ])
    expect([a?.sale.chain?.offline, c?.sale.chain?.seq]).toEqual([false, 3])
  })

  it("shows what was refused and goes on", async () => {
    const shop = new Shop()
    shop.refuse.add("000001")
    const engine = await tab(shop)
    await engine.ring(SALE, RECEIPT)
    await engine.ring(SALE, RECEIPT)
    await vi.waitFor(() => expect([engine.now().waiting, engine.now().refused]).toEqual([0, 1]))
    expect(await engine.db.get("receipts", "000001")).toMatchObject({
      state: "refused",
      refusal: "catalog.unknown_sku",
    })
  })
})

describe("what was quoted", () => {
  it("stands once the server has taken it", async () => {
    const shop = new Shop()
    const engine = await tab(shop)
    expect(await engine.sell(SALE, RECEIPT)).toMatchObject({ no: "000001", state: "booked", order: "ord_000001" })
    expect([engine.now().waiting, shop.calls, await engine.db.count("receipts")]).toEqual([0, 1, 1])
  })

  it("leaves no trace if the server says no, and its place is the next one's", async () => {
    const shop = new Shop()
    const engine = await tab(shop)
    await engine.settle({ ...LEASE, head_seq: 41, head_hash: "ab".repeat(32) })
    shop.refuse.add("000042")
    expect(await engine.sell(SALE, RECEIPT)).toMatchObject({ refused: { status: 422, code: "order.tenders_differ" } })
    expect([engine.now().waiting, await engine.db.count("receipts"), shop.booked.size]).toEqual([0, 0, 0])
    shop.refuse.clear()
    shop.cut = "before"
    await engine.ring(SALE, RECEIPT)
    const [row] = await engine.db.getAll("queue")
    expect(row?.sale.chain).toMatchObject({ seq: 42, prev_hash: "ab".repeat(32), restart: true })
  })

  it("waits like any other if the answer is lost, and is booked once", async () => {
    const shop = new Shop()
    const engine = await tab(shop)
    shop.cut = "after"
    expect(await engine.sell(SALE, RECEIPT)).toMatchObject({ no: "000001", state: "waiting" })
    expect([engine.now().online, engine.now().waiting]).toEqual([false, 1])
    shop.cut = "no"
    engine.nudge()
    await vi.waitFor(() => expect(engine.now().waiting).toBe(0))
    expect([...shop.booked.keys()]).toEqual(["000001"])
    expect(await engine.db.get("receipts", "000001")).toMatchObject({ state: "booked" })
  })

  it("is left to the queue where the server may have it already", async () => {
    const shop = new Shop()
    const engine = await tab(shop)
    shop.booked.set("000001", "of another tab")
    shop.refuse.add("000001")
    shop.because = "order.receipt_taken"
    const told = await engine.sell(SALE, RECEIPT)
    expect(told).toMatchObject({ no: "000001" })
    await vi.waitFor(() => expect(engine.now().waiting).toBe(0))
    expect(await engine.db.get("receipts", "000001")).toMatchObject({ state: "refused" })
  })

  it("comes after what waits", async () => {
    const shop = new Shop()
    const engine = await tab(shop)
    shop.cut = "before"
    await engine.ring(SALE, RECEIPT)
    await vi.waitFor(() => expect(engine.now().online).toBe(false))
    shop.cut = "no"
    const [, second] = await Promise.all([engine.sync(), engine.sell(SALE, RECEIPT)])
    expect(second).toMatchObject({ no: "000002", state: "booked" })
    expect([...shop.booked.keys()]).toEqual(["000001", "000002"])
  })
})

describe("caps", () => {
  it("bind while the server is out of reach, and not otherwise", async () => {
    const shop = new Shop()
    const engine = await tab(shop)
    expect(await engine.refusal(9_999_999)).toBeNull()
    shop.cut = "before"
    engine.cut()
    expect([await engine.refusal(5000), await engine.refusal(5001)]).toEqual([null, "amount"])
    await engine.ring(SALE, RECEIPT)
    await engine.ring(SALE, RECEIPT)
    expect(await engine.refusal(1)).toBe("count")
  })
})

describe("a till taken over", () => {
  it("goes on where the server knows its chain to be, and says so", async () => {
    const shop = new Shop()
    const engine = await tab(shop)
    await engine.settle({ ...LEASE, head_seq: 41, head_hash: "ab".repeat(32) })
    shop.cut = "before"
    await engine.ring(SALE, RECEIPT)
    await engine.ring(SALE, RECEIPT)
    const [first, second] = await engine.db.getAll("queue")
    expect(first?.sale.chain).toMatchObject({ seq: 42, prev_hash: "ab".repeat(32), restart: true })
    expect(second?.sale.chain).toMatchObject({ seq: 43, prev_hash: first?.hash })
    expect(second?.sale.chain.restart).toBeUndefined()
  })
  it("keeps its own chain where it is ahead", async () => {
    const shop = new Shop()
    const engine = await tab(shop)
    await keep(engine.db, "head", { seq: 50, hash: "cd".repeat(32) })
    await engine.settle({ ...LEASE, head_seq: 41, head_hash: "ab".repeat(32) })
    shop.cut = "before"
    await engine.ring(SALE, RECEIPT)
    expect((await engine.db.getAll("queue"))[0]?.sale.chain).toMatchObject({ seq: 51, prev_hash: "cd".repeat(32) })
  })
})
