/** A figure per day as bars: each opens what is behind it. Drawn by hand: a dozen rectangles need no library. */

import { useGo } from "@kit/shell/go"
import { useId } from "react"

export interface Bar {
  key: string
  label: string
  value: number
  said: string
  to?: string
  current?: boolean
}

const HEIGHT = 96

export function Bars({ bars, label }: { bars: Bar[]; label: string }) {
  const go = useGo()
  const id = useId()
  const most = Math.max(1, ...bars.map((bar) => Math.abs(bar.value)))
  // Credits alone read as their size; only where both sides occur does one hang below the line.
  const both = bars.some((bar) => bar.value < 0) && bars.some((bar) => bar.value > 0)
  const zero = both ? HEIGHT / 2 : HEIGHT
  const room = both ? HEIGHT / 2 : HEIGHT
  return (
    <figure className="book-bars" aria-labelledby={id}>
      <figcaption id={id}>{label}</figcaption>
      <div className="book-bars-box" style={{ height: HEIGHT }}>
        <i className="book-bars-zero" style={{ top: zero }} aria-hidden="true" />
        {bars.map((bar) => {
          const height = Math.max(2, Math.round((Math.abs(bar.value) * room) / most))
          const top = both && bar.value < 0 ? zero : zero - height
          return (
            <button
              type="button"
              key={bar.key}
              className={bar.current ? "book-bar current" : "book-bar"}
              title={`${bar.label}  ${bar.said}`}
              aria-label={`${bar.label} ${bar.said}`}
              aria-current={bar.current ? "true" : undefined}
              onClick={() => bar.to && go(bar.to)}
            >
              <i style={{ top, height }} />
            </button>
          )
        })}
      </div>
      <div className="book-bars-ends muted" aria-hidden="true">
        <span>{bars[0]?.label}</span>
        <span>{bars.length > 1 ? bars.at(-1)?.label : ""}</span>
      </div>
    </figure>
  )
}
