/** Times as people read them: near ones relative, the exact one always a hover away. */

import type { Locale } from "../words/locale"
import { zone } from "./zone"

const tags: Record<Locale, string> = { en: "en-GB", zh: "zh-CN" }
const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["second", 60],
  ["minute", 60],
  ["hour", 24],
  ["day", 7],
]

/** "2026-11-22 19:40:05", in the reader's own time zone unless another is named. */
export function exactText(at: string | Date, at_zone = zone.now()): string {
  return new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium", timeZone: at_zone }).format(
    new Date(at),
  )
}

export function dayText(at: string | Date, locale: Locale): string {
  return new Intl.DateTimeFormat(tags[locale], {
    year: "numeric",
    month: "short",
    day: "numeric",
    timeZone: zone.now(),
  }).format(new Date(at))
}

/** "3 minutes ago" within a week, else the day. */
export function relativeText(at: string | Date, now: number, locale: Locale): string {
  let distance = (new Date(at).getTime() - now) / 1000
  const relative = new Intl.RelativeTimeFormat(tags[locale], { numeric: "auto" })
  for (const [unit, size] of STEPS) {
    if (Math.abs(distance) < size) return relative.format(Math.round(distance), unit)
    distance /= size
  }
  return dayText(at, locale)
}

/** 20261122: "2026-11-22". */
export function businessDayText(day: number): string {
  const text = String(day)
  return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`
}
