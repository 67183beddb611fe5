/** When a price holds, drawn on a line of three years with today in it. */

import { exactText } from "@kit/format"

const DAY = 86_400_000
const BEFORE = 365 * DAY
const SPAN = 3 * 365 * DAY

export interface Span {
  valid_from: string
  valid_to?: string | null
}

/** Whether it holds now, later, or no longer. */
export function standing(one: Span, now = Date.now()): "now" | "later" | "over" {
  if (Date.parse(one.valid_from) > now) return "later"
  return one.valid_to && Date.parse(one.valid_to) <= now ? "over" : "now"
}

/** Where a span lies on the line, in percent of it; what reaches beyond the line is cut. */
export function placed(from: string, to: string | null | undefined, now: number): { left: number; width: number } {
  const begin = now - BEFORE
  const percent = (at: number) => Math.min(100, Math.max(0, ((at - begin) * 100) / SPAN))
  const left = percent(Date.parse(from))
  const right = to ? percent(Date.parse(to)) : 100
  return { left: Math.min(left, 99), width: Math.max(right - left, 1) }
}

export function Validity({ from, to }: { from: string; to?: string | null }) {
  const now = Date.now()
  const { left, width } = placed(from, to, now)
  const said = `${exactText(from)} → ${to ? exactText(to) : "∞"}`
  return (
    <span className="validity" role="img" aria-label={said} title={said}>
      <i
        className={standing({ valid_from: from, valid_to: to }, now)}
        style={{ left: `${left}%`, width: `${width}%` }}
      />
      <b style={{ left: `${placed(new Date(now).toISOString(), null, now).left}%` }} />
    </span>
  )
}
