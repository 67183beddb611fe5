/** A month as weeks of days, and what runs in each week laid into lanes. */

export interface Run {
  kind: string
  code: string
  begins_at?: string | null
  ends_at?: string | null
}
export interface Laid<R> {
  run: R
  /** Columns 1 to 7, both within the week. */
  from: number
  to: number
  lane: number
}

const DAYS = 7

/** The day (local midnight) on which the grid of a month begins: the Monday on or before its first. */
export function firstDay(year: number, month: number): Date {
  const first = new Date(year, month, 1)
  return new Date(year, month, 1 - ((first.getDay() + DAYS - 1) % DAYS))
}

/** The first days of the weeks a month touches. */
export function weeksOf(year: number, month: number): Date[] {
  const weeks: Date[] = []
  for (let day = firstDay(year, month); day < new Date(year, month + 1, 1); day = plusDays(day, DAYS)) weeks.push(day)
  return weeks
}

export function plusDays(day: Date, days: number): Date {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + days)
}

/** What runs in the week that begins on this day, the longest first, each in the first lane that is free. */
export function lay<R extends Run>(runs: readonly R[], week: Date): Laid<R>[] {
  const days = Array.from({ length: DAYS + 1 }, (_, index) => plusDays(week, index).getTime())
  const open: Laid<R>[] = []
  const spans = runs
    .map((run) => ({ run, from: column(run.begins_at, days, true), to: column(run.ends_at, days, false) }))
    .filter((one): one is { run: R; from: number; to: number } => one.from !== null && one.to !== null)
    .sort((a, b) => b.to - b.from - (a.to - a.from) || a.from - b.from || a.run.code.localeCompare(b.run.code))
  for (const one of spans) {
    let lane = 1
    while (open.some((other) => other.lane === lane && other.from <= one.to && one.from <= other.to)) lane++
    open.push({ ...one, lane })
  }
  return open
}

/** The column an instant lies in; the first or last for one before or after the week, null for what does not meet it. */
function column(at: string | null | undefined, days: number[], begins: boolean): number | null {
  const time = at ? new Date(at).getTime() : begins ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  const [first = 0, last = 0] = [days[0], days[DAYS]]
  if (begins) {
    if (time >= last) return null
    return time <= first ? 1 : days.filter((day) => day <= time).length
  }
  if (time <= first) return null
  return time >= last ? DAYS : days.filter((day) => day < time).length
}
