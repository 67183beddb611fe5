import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { Quoted, Wish } from "./quote"
import { LATE_MS, QUIET_MS, Quoter } from "./quoter"

const wish = (quantity: number): Wish => ({ store: "s1", device: "t1", lines: [{ sku: "tea", quantity }] })
const quoted = (total: number) => ({ total }) as Quoted

/** The server: every question stays open until it is answered by hand. */
class Asked {
  open: { wish: Wish; signal: AbortSignal; tell(quoted: Quoted): void; refuse(thrown: unknown): void }[] = []
  ask = (asked: Wish, signal: AbortSignal) =>
    new Promise<Quoted>((tell, refuse) => this.open.push({ wish: asked, signal, tell, refuse }))
  at(i: number) {
    const one = this.open[i]
    if (!one) throw new Error(`nothing was asked for the ${i}th time`)
    return one
  }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

describe("a quote", () => {
  it("is asked for once scans pause, and of the sale as it stands then", async () => {
    const server = new Asked()
    const quoter = new Quoter(server.ask)
    quoter.want(wish(1), true)
    await pass(QUIET_MS - 1)
    quoter.want(wish(2), true)
    await pass(QUIET_MS - 1)
    expect([server.open.length, quoter.now().state]).toEqual([0, "asking"])
    await pass(1)
    expect(server.open.map((one) => one.wish)).toEqual([wish(2)])
    server.at(0).tell(quoted(900))
    await pass(0)
    expect(quoter.now()).toMatchObject({ state: "told", answer: { wish: wish(2), quoted: { total: 900 } } })
    quoter.want(wish(2), true)
    await pass(LATE_MS)
    expect(server.open.length).toBe(1)
  })

  it("of an earlier sale is dropped, however late it comes", async () => {
    const server = new Asked()
    const quoter = new Quoter(server.ask)
    quoter.want(wish(1), true)
    await pass(QUIET_MS)
    quoter.want(wish(2), true)
    await pass(QUIET_MS)
    expect(server.at(0).signal.aborted).toBe(true)
    server.at(1).tell(quoted(2))
    await pass(0)
    server.at(0).tell(quoted(1))
    await pass(0)
    expect(quoter.now()).toMatchObject({ state: "told", answer: { quoted: { total: 2 } } })
  })

  it("that does not come in time is late, and still counts when it comes", async () => {
    const server = new Asked()
    const quoter = new Quoter(server.ask)
    quoter.want(wish(1), true)
    await pass(QUIET_MS + LATE_MS - 1)
    expect(quoter.now().state).toBe("asking")
    await pass(1)
    expect(quoter.now().state).toBe("late")
    server.at(0).tell(quoted(7))
    await pass(0)
    expect(quoter.now()).toMatchObject({ state: "told", answer: { quoted: { total: 7 } } })
  })

  it("that fails without a decision is asked for again; a refusal stands", async () => {
    const server = new Asked()
    const quoter = new Quoter(server.ask)
    quoter.want(wish(1), true)
    await pass(QUIET_MS)
    server.at(0).refuse({ status: 503, code: "house.busy" })
    await pass(0)
    expect(quoter.now().state).toBe("late")
    await pass(3_000)
    server.at(1).refuse({ status: 422, code: "coupon.unusable" })
    await pass(0)
    expect(quoter.now()).toMatchObject({ state: "refused", refusal: { code: "coupon.unusable" } })
    await pass(60_000)
    expect(server.open.length).toBe(2)
  })

  it("is not asked for without a network, and forgotten; once it is back, it is asked for anew", async () => {
    const server = new Asked()
    const quoter = new Quoter(server.ask)
    quoter.want(wish(1), true)
    await pass(QUIET_MS)
    server.at(0).tell(quoted(5))
    await pass(0)
    quoter.want(wish(1), false)
    expect(quoter.now()).toMatchObject({ state: "offline", answer: null })
    quoter.want(wish(2), false)
    quoter.again()
    await pass(60_000)
    expect([server.open.length, quoter.now().state]).toEqual([1, "offline"])
    quoter.want(wish(2), true)
    await pass(QUIET_MS)
    expect([server.open.length, quoter.now().state]).toEqual([2, "asking"])
  })

  it("is asked for again at once where it has turned out not to hold", async () => {
    const server = new Asked()
    const quoter = new Quoter(server.ask)
    quoter.want(wish(1), true)
    await pass(QUIET_MS)
    server.at(0).tell(quoted(5))
    await pass(0)
    quoter.again()
    await pass(0)
    expect([server.open.length, quoter.now().state, quoter.now().answer?.quoted.total]).toEqual([2, "asking", 5])
    quoter.want(null, true)
    server.at(1).tell(quoted(6))
    await pass(0)
    expect(quoter.now()).toEqual({ wish: null, state: "idle", answer: null, refusal: null })
  })
})
