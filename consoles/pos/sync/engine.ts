/**
 * Receipts are written here first and sent afterwards, online or not: one way, so that being offline is nothing special. Only one that
 * was quoted asks before it stands: what the server has promised - coupons, points, a card - it alone can give.
 *
 * Exactly once: a receipt gets its place in the chain and its row in the queue in one transaction under a lock all tabs share; the
 * server books it once under its number, whichever tab sends it and however often.
 */

import { problemOf } from "@kit/api/client"
import type { Lease, SaleView, SyncedView } from "@kit/api/schema.gen"
import { beyond, EMPTY, fingerprint, type Head, numberOf, type Refusal } from "../chain/chain"
import { type Database, keep, kept, type Queued, type Receipt } from "../keep/db"
import type { Sale } from "../keep/sale"
import { decided, type Problem } from "./decided"

const BATCH = 100
/** Asked this often while all is well, so that the lease is fresh and being out of reach is noticed. */
const PULSE_MS = 20_000
const BACK_OFF_MS = [1_000, 2_000, 4_000, 8_000, 15_000]
const RECEIPTS_KEPT = 3_000
/** What the server says of a receipt it may have already: the queue finds out. */
const PERHAPS_BOOKED = new Set(["order.receipt_taken", "idempotency.key_reused"])

export interface Server {
  sync(receipts: Sale[]): Promise<SyncedView>
  sell(sale: Sale): Promise<SaleView>
  lease(store: string, device: string): Promise<Lease>
}

/** `locks.request` of the browser, shared by all tabs of this origin. */
export interface Locks {
  request<T>(name: string, work: () => Promise<T>): Promise<T>
}

/** A sale that has no place in the chain yet. */
export type Unnumbered = Omit<Sale, "receipt_no" | "sold_at" | "chain">
export type Unwritten = Omit<Receipt, "no" | "at" | "offline" | "state">

export interface Standing {
  online: boolean
  /** Not sent yet. */
  waiting: number
  waitingAmount: number
  refused: number
  lease: Lease | null
  syncing: boolean
}

export class Engine {
  private standing: Standing = { online: true, waiting: 0, waitingAmount: 0, refused: 0, lease: null, syncing: false }
  private listeners = new Set<() => void>()
  private timer: ReturnType<typeof setTimeout> | null = null
  private failures = 0
  private offset = 0
  private stopped = false
  private again = false

  constructor(
    readonly db: Database,
    private readonly server: Server,
    private readonly locks: Locks,
    private readonly till: () => { store: string; device: string } | null,
    private readonly clock: () => number = Date.now,
  ) {}

  now = (): Standing => this.standing

  listen = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** The server's time, as far as it is known here: a till's own clock may be wrong. */
  time(): number {
    return this.clock() + this.offset
  }

  async start(): Promise<void> {
    this.stopped = false
    const lease = (await kept(this.db, "lease")) ?? null
    if (lease) this.set({ lease })
    await this.count()
    void this.pulse()
  }

  stop(): void {
    this.stopped = true
    if (this.timer) clearTimeout(this.timer)
  }

  /** Why this amount may not be rung up now; null: it may. */
  async refusal(amount: number): Promise<Refusal | null> {
    const { online, lease } = this.standing
    if (online || !lease) return online ? null : "age"
    const waiting = await this.db.getAll("queue")
    const caps = {
      countMax: lease.offline_count_max,
      amountMax: lease.offline_amount_max,
      until: Date.parse(lease.offline_until),
    }
    return beyond(caps, waiting, amount, this.time())
  }

  /** Write a receipt: its place in the chain, its number, its row in the queue. It is rung up from here on. */
  async ring(sale: Unnumbered, receipt: Unwritten): Promise<Receipt> {
    const written = await this.locks.request("jiutong.pos.chain", () => this.write(sale, receipt))
    await this.count()
    void this.sync()
    return written.shown
  }

  /**
   * Ring up what was quoted: the receipt has its place while the server decides, and loses it if the server says no. An answer that gets
   * lost decides nothing: from then on the receipt waits like any other. Whatever waited before goes first.
   */
  async sell(sale: Unnumbered, receipt: Unwritten): Promise<Receipt | { refused: Problem }> {
    const told = await this.locks.request("jiutong.pos.chain", () =>
      this.locks.request("jiutong.pos.sync", async () => {
        const { whole, shown, before } = await this.write(sale, receipt)
        try {
          const { id } = await this.server.sell(whole)
          this.found()
          return await this.settled({ ...shown, state: "booked", order: id }, whole)
        } catch (thrown) {
          const refused = decided(thrown)
          if (refused && !PERHAPS_BOOKED.has(refused.code)) {
            await this.unwrite(whole, before)
            return { refused }
          }
          if (!problemOf(thrown)?.status) this.lost()
          return shown
        }
      }),
    )
    await this.count()
    if (!("refused" in told)) void this.sync()
    return told
  }

  private async write(sale: Unnumbered, receipt: Unwritten): Promise<{ whole: Sale; shown: Receipt; before: Head }> {
    const offline = !this.standing.online
    const catalog = (await kept(this.db, "shelf"))?.version ?? ""
    const tx = this.db.transaction(["kept", "queue", "receipts"], "readwrite")
    const before = ((await tx.objectStore("kept").get("head")) as (Head & { restart?: boolean }) | undefined) ?? EMPTY
    const seq = before.seq + 1
    const at = new Date(this.time()).toISOString()
    const whole: Sale = {
      ...sale,
      receipt_no: numberOf(seq),
      sold_at: at,
      chain: {
        seq,
        prev_hash: before.hash,
        offline,
        catalog,
        ...("restart" in before && before.restart ? { restart: true } : {}),
      },
    }
    const hash = fingerprint(whole)
    const shown: Receipt = { ...receipt, no: whole.receipt_no, at, offline, state: "waiting" }
    await tx.objectStore("queue").put({ seq, sale: whole, total: receipt.total, hash })
    await tx.objectStore("receipts").put(shown)
    await tx.objectStore("kept").put({ seq, hash }, "head")
    await tx.done
    return { whole, shown, before }
  }

  private async settled(shown: Receipt, { chain }: Sale): Promise<Receipt> {
    const tx = this.db.transaction(["queue", "receipts"], "readwrite")
    await tx.objectStore("receipts").put(shown)
    await tx.objectStore("queue").delete(chain.seq)
    await tx.done
    return shown
  }

  private async unwrite({ chain, receipt_no }: Sale, before: Head): Promise<void> {
    const tx = this.db.transaction(["kept", "queue", "receipts"], "readwrite")
    await tx.objectStore("queue").delete(chain.seq)
    await tx.objectStore("receipts").delete(receipt_no)
    await tx.objectStore("kept").put(before, "head")
    await tx.done
  }

  /** Send what waits, oldest first, one tab at a time. Quiet when there is nothing to do. */
  async sync(): Promise<void> {
    if (this.standing.syncing) {
      this.again = true
      return
    }
    this.set({ syncing: true })
    try {
      await this.locks.request("jiutong.pos.sync", async () => {
        for (;;) {
          const batch = await this.db.getAll("queue", null, BATCH)
          if (!batch.length) break
          if (!(await this.send(batch))) break
        }
      })
    } finally {
      this.set({ syncing: false })
      await this.count()
    }
    if (this.again) {
      this.again = false
      void this.sync()
    }
  }

  /** Ask now whether the server is there: the network came back, or somebody pressed the button. */
  nudge(): void {
    this.failures = 0
    void this.pulse()
  }

  /** Take a till over on a device that has kept nothing of it: its chain goes on where the server knows it to be. */
  async settle(lease: Lease): Promise<void> {
    await this.locks.request("jiutong.pos.chain", async () => {
      const head = await kept(this.db, "head")
      if (head && head.seq >= lease.head_seq) return
      const fresh: Head & { restart?: boolean } = { seq: lease.head_seq, hash: lease.head_hash }
      if (lease.head_seq > 0) fresh.restart = true
      await keep(this.db, "head", fresh)
    })
    await this.leased(lease)
  }

  async leased(lease: Lease): Promise<void> {
    this.offset = Date.parse(lease.now) - this.clock()
    await keep(this.db, "lease", lease)
    this.set({ lease })
  }

  private async send(batch: Queued[]): Promise<boolean> {
    let told: SyncedView
    try {
      told = await this.server.sync(batch.map((one) => one.sale))
    } catch {
      this.lost()
      return false
    }
    this.found()
    let all = true
    const tx = this.db.transaction(["queue", "receipts"], "readwrite")
    for (const [i, one] of batch.entries()) {
      const result = told.receipts[i]
      if (!result || result.state === "again") {
        all = false
        continue
      }
      const receipts = tx.objectStore("receipts")
      const shown = await receipts.get(one.sale.receipt_no)
      if (shown) {
        const state = result.state === "refused" ? "refused" : "booked"
        await receipts.put({
          ...shown,
          state,
          ...(result.order ? { order: result.order } : {}),
          ...(result.refusal ? { refusal: result.title || result.refusal } : {}),
        })
      }
      await tx.objectStore("queue").delete(one.seq)
    }
    await tx.done
    await this.count()
    return all
  }

  private async pulse(): Promise<void> {
    if (this.timer) clearTimeout(this.timer)
    const till = this.till()
    if (till) {
      try {
        await this.leased(await this.server.lease(till.store, till.device))
        this.found()
      } catch {
        this.lost()
      }
    }
    if (this.stopped) return
    const wait = this.standing.online
      ? PULSE_MS
      : (BACK_OFF_MS[Math.min(this.failures, BACK_OFF_MS.length) - 1] ?? PULSE_MS)
    this.timer = setTimeout(() => void this.pulse(), wait)
  }

  private found(): void {
    const was = this.standing.online
    this.failures = 0
    if (!was) this.set({ online: true })
    if (!was || this.standing.waiting) void this.later()
  }

  private async later(): Promise<void> {
    if (!this.standing.syncing && this.standing.waiting) await this.sync()
  }

  private lost(): void {
    this.failures += 1
    if (this.standing.online) {
      this.set({ online: false })
      if (this.timer) clearTimeout(this.timer)
      if (!this.stopped) this.timer = setTimeout(() => void this.pulse(), BACK_OFF_MS[0])
    }
  }

  /** The browser says that the network is gone: no need to find out by waiting. */
  cut(): void {
    this.lost()
  }

  async count(): Promise<void> {
    const waiting = await this.db.getAll("queue")
    const receipts = await this.db.getAllFromIndex("receipts", "at")
    const refused = receipts.filter((one) => one.state === "refused").length
    this.set({ waiting: waiting.length, waitingAmount: waiting.reduce((sum, one) => sum + one.total, 0), refused })
    const old = receipts.slice(0, Math.max(receipts.length - RECEIPTS_KEPT, 0)).filter((one) => one.state !== "waiting")
    for (const one of old) await this.db.delete("receipts", one.no)
  }

  private set(change: Partial<Standing>): void {
    this.standing = { ...this.standing, ...change }
    for (const listener of this.listeners) listener()
  }
}
