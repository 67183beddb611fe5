/** Counting down by the server's clock: what a page was told at `at` is that much older now, whatever this device's clock says. */

import { useEffect, useState } from "react"

const heard = new WeakMap<object, number>()

/** The server's time now, by an answer that carried it. */
export function serverNow(answer: { at: string }, now = Date.now()): number {
  let then = heard.get(answer)
  if (then === undefined) {
    then = now
    heard.set(answer, then)
  }
  return Date.parse(answer.at) + (now - then)
}

/** Ticks once a second, as long as it is shown. */
export function useServerNow(answer: { at: string } | undefined): number {
  const [, tick] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), 1000)
    return () => clearInterval(timer)
  }, [])
  return answer ? serverNow(answer) : 0
}

/** "2 d 03:04:05", "03:04:05"; nothing below zero. */
export function leftText(
  until: string,
  now: number,
  days_: (count: number) => string = (count) => `${count} d`,
): string {
  const seconds = Math.max(0, Math.ceil((Date.parse(until) - now) / 1000))
  const two = (count: number) => String(count).padStart(2, "0")
  const days = Math.trunc(seconds / 86_400)
  const clock = `${two(Math.trunc(seconds / 3600) % 24)}:${two(Math.trunc(seconds / 60) % 60)}:${two(seconds % 60)}`
  return days ? `${days_(days)} ${clock}` : clock
}
