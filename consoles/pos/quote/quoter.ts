/**
 * Asks what the sale comes to whenever it has changed, and never makes anybody wait: the newest answer wins, one that does not come in
 * time is told as late, and whoever sells goes on at list amounts.
 */

import { decided, type Problem } from "../sync/decided"
import type { Answer, Quoted, Wish } from "./quote"

/** Scans come in bursts: the question is asked once they pause. */
export const QUIET_MS = 120
/** After so long without an answer the till says so and sells at list amounts. */
export const LATE_MS = 2_500
const RETRY_MS = 3_000

export interface Told {
  wish: Wish | null
  /** idle: nothing to ask. refused: the server does not sell it so, `refusal` says why. */
  state: "idle" | "asking" | "told" | "late" | "offline" | "refused"
  /** The last answer, which may be of an earlier wish while a new one is asked for. */
  answer: Answer | null
  refusal: Problem | null
}

const IDLE: Told = { wish: null, state: "idle", answer: null, refusal: null }

export class Quoter {
  private told: Told = IDLE
  private listeners = new Set<() => void>()
  private turn = 0
  private timers: ReturnType<typeof setTimeout>[] = []
  private asked: AbortController | null = null

  constructor(private readonly ask: (wish: Wish, signal: AbortSignal) => Promise<Quoted>) {}

  now = (): Told => this.told

  listen = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** The sale as it stands now; null: there is none. */
  want(wish: Wish | null, online: boolean): void {
    const { state } = this.told
    const same = JSON.stringify(wish) === JSON.stringify(this.told.wish)
    if (same && (wish === null || (state === "offline") === !online)) return
    this.leave()
    if (wish === null) this.set(IDLE)
    else if (online) this.begin(wish, QUIET_MS)
    else this.set({ wish, state: "offline", answer: null, refusal: null })
  }

  /** Ask once more, now: what was told has turned out not to hold. */
  again(): void {
    const { wish, state } = this.told
    if (!wish || state === "offline") return
    this.leave()
    this.begin(wish, 0)
  }

  stop(): void {
    this.leave()
  }

  private begin(wish: Wish, quiet: number): void {
    const { turn } = this
    this.set({ wish, state: "asking", refusal: null })
    this.later(quiet, () => void this.send(turn, wish))
    this.later(quiet + LATE_MS, () => this.told.state === "asking" && this.set({ state: "late" }))
  }

  private async send(turn: number, wish: Wish): Promise<void> {
    this.asked = new AbortController()
    try {
      const quoted = await this.ask(wish, this.asked.signal)
      if (turn === this.turn) this.set({ state: "told", answer: { wish, quoted } })
    } catch (thrown) {
      if (turn !== this.turn) return
      const refusal = decided(thrown)
      if (refusal) return this.set({ state: "refused", refusal })
      this.set({ state: "late" })
      this.later(RETRY_MS, () => void this.send(turn, wish))
    }
  }

  /** Whatever was asked is of no interest any more. */
  private leave(): void {
    this.turn += 1
    for (const timer of this.timers) clearTimeout(timer)
    this.timers = []
    this.asked?.abort()
    this.asked = null
  }

  private later(ms: number, act: () => void): void {
    this.timers.push(setTimeout(act, ms))
  }

  private set(change: Partial<Told>): void {
    this.told = { ...this.told, ...change }
    for (const listener of this.listeners) listener()
  }
}
