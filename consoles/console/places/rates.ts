/** Tax rates in basis points, typed and read as percentages: whole numbers all the way. */

const PERCENT = /^(\d{1,3})(?:[.,](\d{1,2}))?$/

/** "8.25" is 825; null for what is no percentage up to 100. */
export function basisPoints(typed: string): number | null {
  const found = PERCENT.exec(typed.trim().replace(/%$/, "").trim())
  if (!found) return null
  const value = Number(found[1]) * 100 + Number((found[2] ?? "").padEnd(2, "0"))
  return value <= 10_000 ? value : null
}

export function percentText(bp: number): string {
  const cents = String(bp % 100)
    .padStart(2, "0")
    .replace(/0+$/, "")
  return `${Math.trunc(bp / 100)}${cents ? `.${cents}` : ""}%`
}

export interface Rate {
  tax_class: string
  rate_bp: number
  /** Null: from the beginning. */
  valid_from: string | null
}

export interface Standing extends Rate {
  standing: "inForce" | "upcoming" | "past"
}

/** By class, latest first, each with how it stands now: of those that have begun, the latest is in force. */
export function standing(rates: readonly Rate[], now: number): Standing[] {
  const begins = ({ valid_from }: Rate) => (valid_from ? Date.parse(valid_from) : Number.NEGATIVE_INFINITY)
  const sorted = [...rates].sort(
    (one, other) => one.tax_class.localeCompare(other.tax_class) || (begins(one) < begins(other) ? 1 : -1),
  )
  const met = new Set<string>()
  return sorted.map((one) => {
    const begun = begins(one) <= now
    const state = !begun ? "upcoming" : met.has(one.tax_class) ? "past" : "inForce"
    if (begun) met.add(one.tax_class)
    return { ...one, standing: state }
  })
}
