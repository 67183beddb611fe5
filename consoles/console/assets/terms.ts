/** Terms of points and procurement points as a form has them: shares in percent, multipliers as factors, the first currency in sight. */

import type { BeansTerms, PointsTerms } from "@kit/api/schema.gen"

export interface Multiplier {
  code: string
  factor: number
}

export const CLAWBACKS = ["debt", "refund"] as const

export interface Fields {
  currency: string
  earn_points: number
  earn_minor: number
  burn_points: number
  burn_minor: number
  least?: number | null
  share: number
  breakage?: number | null
  promised_days?: number | null
  valid_months: number
  grace_days?: number | null
  levels: Multiplier[]
  categories: Multiplier[]
  channels: Multiplier[]
  funder: string
  clawback: (typeof CLAWBACKS)[number]
}

export function fieldsOf(terms: PointsTerms | undefined): Fields {
  const rate = terms?.rates[0]
  return {
    currency: rate?.currency ?? "USD",
    earn_points: rate?.earn_points ?? 1,
    earn_minor: rate?.earn_minor ?? 100,
    burn_points: rate?.burn_points ?? 100,
    burn_minor: rate?.burn_minor ?? 100,
    least: terms?.least ?? 0,
    share: (terms?.share_bp ?? 5_000) / 100,
    breakage: (terms?.breakage_bp ?? 0) / 100,
    promised_days: terms?.promised_days ?? 7,
    valid_months: terms?.valid_months ?? 12,
    grace_days: terms?.grace_days ?? 7,
    levels: listed(terms?.levels),
    categories: listed(terms?.categories),
    channels: listed(terms?.channels),
    funder: terms?.funder ?? "points",
    clawback: terms?.clawback ?? "debt",
  }
}

/** The terms a form makes. Rates of other currencies stay as they are. */
export function termsOf(fields: Fields, before: PointsTerms | undefined): PointsTerms {
  const { currency, earn_points, earn_minor, burn_points, burn_minor } = fields
  const others = (before?.rates ?? []).filter((one, at) => at > 0 && one.currency !== currency)
  return {
    rates: [{ currency, earn_points, earn_minor, burn_points, burn_minor }, ...others],
    levels: mapped(fields.levels),
    categories: mapped(fields.categories),
    channels: mapped(fields.channels),
    promised_days: fields.promised_days ?? 0,
    valid_months: fields.valid_months,
    grace_days: fields.grace_days ?? 0,
    share_bp: Math.round(fields.share * 100),
    least: fields.least ?? 0,
    funder: fields.funder.trim(),
    clawback: fields.clawback,
    breakage_bp: Math.round((fields.breakage ?? 0) * 100),
  }
}

export const ROLES = ["buyer", "approver", "owner"] as const

export interface BeanFields {
  currency: string
  burn_points: number
  burn_minor: number
  roles: string[]
  order_max?: number | null
  month_max?: number | null
  share: number
  grace_days?: number | null
  funder: string
}

export function beanFieldsOf(terms: BeansTerms | undefined): BeanFields {
  const rate = terms?.rates[0]
  return {
    currency: rate?.currency ?? "USD",
    burn_points: rate?.burn_points ?? 100,
    burn_minor: rate?.burn_minor ?? 100,
    roles: [...(terms?.roles ?? [])],
    order_max: terms?.order_max || null,
    month_max: terms?.month_max || null,
    share: (terms?.share_bp ?? 10_000) / 100,
    grace_days: terms?.grace_days ?? 7,
    funder: terms?.funder ?? "beans",
  }
}

/** The terms a form makes. Rates of other currencies stay as they are. */
export function beanTermsOf(fields: BeanFields, before: BeansTerms | undefined): BeansTerms {
  const { currency, burn_points, burn_minor } = fields
  const others = (before?.rates ?? []).filter((one, at) => at > 0 && one.currency !== currency)
  return {
    rates: [{ currency, earn_points: 0, earn_minor: 0, burn_points, burn_minor }, ...others],
    roles: fields.roles,
    order_max: fields.order_max ?? 0,
    month_max: fields.month_max ?? 0,
    share_bp: Math.round(fields.share * 100),
    grace_days: fields.grace_days ?? 0,
    funder: fields.funder.trim(),
  }
}

function listed(of: Record<string, number> | undefined): Multiplier[] {
  return Object.entries(of ?? {}).map(([code, bp]) => ({ code, factor: bp / 10_000 }))
}

function mapped(rows: Multiplier[] | undefined): Record<string, number> {
  const named = (rows ?? []).filter((row) => row.code.trim())
  return Object.fromEntries(named.map((row) => [row.code.trim(), Math.round(row.factor * 10_000)]))
}
