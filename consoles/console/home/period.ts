/** Which days the sales are told of: chosen in the address, relative to today or to the last day anything was sold. */

import type { Search } from "@kit/list/search"
import dayjs, { type Dayjs } from "dayjs"

/** Up to the last day on which anything was sold, so that a shop that rests, or shows last year, is never empty. */
export const LATEST = ["latest-1", "latest-7", "latest-30", "latest-90", "latest-365"] as const
export const BY_TODAY = ["today", "yesterday", "last-7", "last-30", "month", "year"] as const
export type Preset = (typeof LATEST)[number] | (typeof BY_TODAY)[number]
export const USUAL: Preset = "latest-30"

export interface Asked {
  first?: string
  last?: string
  days?: number
}

const FORM = "YYYY-MM-DD"
const text = (day: Dayjs) => day.format(FORM)

/** What to ask the server for. */
export function asked(search: Search, today: Dayjs): Asked {
  if (search.first && search.last) return { first: search.first, last: search.last }
  const preset = presetOf(search) ?? USUAL
  const [word, count] = preset.split("-")
  if (word === "latest") return { days: Number(count) }
  return days(preset, today)
}

/** The preset the address names; null for days of one's own. */
export function presetOf(search: Search): Preset | null {
  if (search.first && search.last) return null
  const found = [...LATEST, ...BY_TODAY].find((preset) => preset === search.period)
  return found ?? USUAL
}

function days(preset: Preset, today: Dayjs): Asked {
  const yesterday = today.subtract(1, "day")
  switch (preset) {
    case "today":
      return { first: text(today), last: text(today) }
    case "yesterday":
      return { first: text(yesterday), last: text(yesterday) }
    case "last-7":
      return { first: text(today.subtract(6, "day")), last: text(today) }
    case "month":
      return { first: text(today.startOf("month")), last: text(today) }
    case "year":
      return { first: text(today.startOf("year")), last: text(today) }
    default:
      return { first: text(today.subtract(29, "day")), last: text(today) }
  }
}

/** The period of the same length before or after this one. */
export function shifted(first: string, last: string, by: 1 | -1): { first: string; last: string } {
  const length = dayjs(last).diff(dayjs(first), "day") + 1
  return { first: text(dayjs(first).add(by * length, "day")), last: text(dayjs(last).add(by * length, "day")) }
}

/** The thirty days to this one. */
export function endingOn(last: string): { first: string; last: string } {
  return { first: text(dayjs(last).subtract(29, "day")), last }
}
