/**
 * Tells a scanner from a person at the same keyboard, and gives each scan to whoever may have it.
 *
 * A scanner is a keyboard that types faster than anybody can. What is fast enough, long enough and ends as the scanner is set to end is
 * one scan; everything else is typing and is left alone. The router knows no page and no clock: keys and instants come in.
 */

export interface ScannerSettings {
  /** What the scanner sends first; with one, only what begins with it is a scan. */
  prefix: string
  /** The key it ends with; "none" for scanners that just stop. */
  suffix: "Enter" | "Tab" | "none"
  /** The longest pause between two keys of one scan, in milliseconds. */
  gapMs: number
  /** The shortest code: what is shorter is typing. */
  lengthMin: number
}

export const SCANNER: ScannerSettings = { prefix: "", suffix: "Enter", gapMs: 50, lengthMin: 4 }

/** How long keys after a scan belong to it: some scanners send Enter twice, or Enter and Tab. */
const ECHO_MS = 80

export type Heard =
  /** Typing: let it through. */
  | { kind: "typing" }
  /** The end of a scan: `typed` characters of it have gone into the page before it was known to be one. */
  | { kind: "scan"; code: string; typed: number }
  /** Belongs to the scan before: swallow it. */
  | { kind: "echo" }

export class ScanRouter {
  private burst = ""
  private last = Number.NEGATIVE_INFINITY
  private heardAt = Number.NEGATIVE_INFINITY

  constructor(public settings: ScannerSettings = SCANNER) {}

  /** One key, as the browser names it, at an instant in milliseconds. */
  hear(key: string, at: number): Heard {
    const { suffix, gapMs } = this.settings
    const quick = at - this.last <= gapMs
    if ((key === "Enter" || key === "Tab") && at - this.heardAt <= ECHO_MS && this.burst === "") return { kind: "echo" }
    if (suffix !== "none" && key === suffix) {
      const scan = quick ? this.scanned() : null
      this.burst = ""
      if (!scan) return { kind: "typing" }
      this.heardAt = at
      return scan
    }
    if ([...key].length !== 1) {
      // Shift and its like come with capitals; any other key ends what was begun.
      if (!["Shift", "CapsLock", "AltGraph"].includes(key)) this.burst = ""
      return { kind: "typing" }
    }
    this.burst = quick ? this.burst + key : key
    this.last = at
    return { kind: "typing" }
  }

  /** Without a suffix a scan ends by silence: ask a moment after the last key. */
  fallSilent(at: number): Heard {
    if (this.settings.suffix !== "none" || at - this.last <= this.settings.gapMs) return { kind: "typing" }
    const scan = this.scanned()
    this.burst = ""
    if (!scan) return { kind: "typing" }
    this.heardAt = at
    return scan
  }

  private scanned(): Heard | null {
    const { prefix, lengthMin } = this.settings
    if (prefix && !this.burst.startsWith(prefix)) return null
    const code = this.burst.slice(prefix.length)
    return code.length >= lengthMin ? { kind: "scan", code, typed: this.burst.length } : null
  }
}

export type Policy = "take" | "reject"

/** Gives scans to the screen that is open, one after another; while a screen takes none, each is refused aloud and nothing is kept. */
export class ScanQueue {
  private waiting: string[] = []
  private busy = false
  private screens: { take: (code: string) => Promise<void> | void; policy: Policy }[] = []

  constructor(private readonly reject: (code: string) => void) {}

  /** The screen now in front; gives back how to leave it. */
  enter(policy: Policy, take: (code: string) => Promise<void> | void): () => void {
    const screen = { policy, take }
    this.screens.push(screen)
    return () => {
      this.screens = this.screens.filter((one) => one !== screen)
    }
  }

  async put(code: string): Promise<void> {
    const front = this.screens.at(-1)
    if (!front || front.policy === "reject") {
      this.reject(code)
      return
    }
    this.waiting.push(code)
    if (this.busy) return
    this.busy = true
    try {
      for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) {
        const screen = this.screens.at(-1)
        if (!screen || screen.policy === "reject") this.reject(next)
        else await screen.take(next)
      }
    } finally {
      this.busy = false
    }
  }
}

/** A code with its weight or price in it (EAN-13 of numbers 20-29): item, and the five digits that are its quantity or amount. */
export function embedded(code: string): { item: string; value: number } | null {
  return /^2\d{12}$/.test(code) ? { item: code.slice(0, 7), value: Number(code.slice(7, 12)) } : null
}
