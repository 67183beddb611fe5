/** Between the terms of a tariff as the API keeps them and the fields of its form. */

import type { FeeTerms, Free, FreightTerms, Zone } from "@kit/api/schema.gen"

export type Measure = "pieces" | "weight" | "volume"

export interface ZoneFields {
  name: string
  name_zh?: string
  regions?: string[]
  first: number | null
  first_minor: number | null
  step: number | null
  step_minor: number | null
  open: boolean
}

export interface FreeFields {
  from_minor: number | null
  from_pieces: number | null
  regions?: string[]
}

export interface TemplateFields {
  code: string
  name: string
  name_zh?: string
  seller: string
  currency: string
  by: Measure
  split: "pieces" | "weight" | "volume" | "amount"
  tax_class?: string
  default_in?: string[]
  default_everywhere: boolean
  zones: ZoneFields[]
  free?: FreeFields[]
}

/** A region as templates name it: the country's code, then each part below it. */
export const REGION = /^[A-Z]{2}(\/[^/]+)*$/

/** What somebody typed, as a path: "cn / 浙江省", "CN 浙江省 杭州市", "us - New York". */
export function regionOf(typed: string): string {
  const written = typed.trim()
  const country = /^[a-z]{2}(?![a-z])/i.exec(written)?.[0]
  if (!country) return written
  const below = written.slice(2).replace(/^\s*[-–›>]/, "")
  const parts = below.split(/[\u4e00-\u9fff]/.test(below) ? /[/\s›>]+/ : /[/›>]+/)
  return [country.toUpperCase(), ...parts.map((part) => part.trim()).filter(Boolean)].join("/")
}

/** What a new template begins with: one zone for everywhere, counted as most are. */
export function blankTemplate(seller: string, currency: string): TemplateFields {
  return {
    code: "",
    name: "",
    seller,
    currency,
    by: "weight",
    split: "amount",
    default_everywhere: false,
    zones: [blankZone("weight")],
    free: [],
  }
}

export function blankZone(by: Measure): ZoneFields {
  const unit = by === "pieces" ? 1 : 1000
  return { name: "", regions: [], first: unit, first_minor: null, step: unit, step_minor: null, open: true }
}

export function fieldsOf(code: string, terms: FreightTerms): TemplateFields {
  return {
    code,
    name: terms.name,
    name_zh: terms.name_zh || undefined,
    seller: terms.seller,
    currency: terms.currency,
    by: terms.by ?? "pieces",
    split: terms.split ?? "amount",
    tax_class: terms.tax_class || undefined,
    default_in: terms.default_in ?? [],
    default_everywhere: terms.default_everywhere ?? false,
    zones: terms.zones.map((zone) => ({
      name: zone.name,
      name_zh: zone.name_zh || undefined,
      regions: zone.regions ?? [],
      first: zone.first ?? 1,
      first_minor: zone.first_minor ?? 0,
      step: zone.step ?? 0,
      step_minor: zone.step_minor ?? 0,
      open: !zone.closed,
    })),
    free: (terms.free ?? []).map((rule) => ({
      from_minor: rule.from_minor || null,
      from_pieces: rule.from_pieces || null,
      regions: rule.regions ?? [],
    })),
  }
}

export function termsOf(fields: TemplateFields): FreightTerms {
  return {
    kind: "freight",
    name: fields.name.trim(),
    name_zh: fields.name_zh?.trim() ?? "",
    seller: fields.seller,
    currency: fields.currency,
    by: fields.by,
    split: fields.split,
    tax_class: fields.tax_class?.trim() ?? "",
    default_in: fields.default_in ?? [],
    default_everywhere: fields.default_everywhere,
    zones: fields.zones.map(zoneOf),
    free: (fields.free ?? []).map(
      (rule): Free => ({
        from_minor: rule.from_minor ?? 0,
        from_pieces: rule.from_pieces ?? 0,
        regions: (rule.regions ?? []).map(regionOf),
      }),
    ),
  } as FreightTerms
}

/** A zone's step without a price is none: what weighs more costs no more. */
function zoneOf(zone: ZoneFields): Zone {
  return {
    name: zone.name?.trim() ?? "",
    name_zh: zone.name_zh?.trim() ?? "",
    regions: (zone.regions ?? []).map(regionOf),
    first: zone.first ?? 1,
    first_minor: zone.open ? (zone.first_minor ?? 0) : 0,
    step: zone.open && zone.step_minor ? (zone.step ?? 0) : 0,
    step_minor: zone.open ? (zone.step_minor ?? 0) : 0,
    closed: !zone.open,
  } as Zone
}

export interface FeeFields {
  code: string
  name: string
  name_zh?: string
  seller: string
  currency: string
  way: "amount" | "rate"
  amount_minor: number | null
  percent?: string
  per: "order" | "line" | "piece"
  optional: boolean
  channels?: string[]
  below_minor: number | null
  handling?: string
  payer: string
  split: "pieces" | "weight" | "volume" | "amount"
  tax_class?: string
}

export function blankFee(seller: string, currency: string): FeeFields {
  return {
    code: "",
    name: "",
    seller,
    currency,
    way: "amount",
    amount_minor: null,
    per: "order",
    optional: false,
    below_minor: null,
    payer: "buyer",
    split: "amount",
  }
}

export function feeFieldsOf(code: string, terms: FeeTerms): FeeFields {
  return {
    code,
    name: terms.name,
    name_zh: terms.name_zh || undefined,
    seller: terms.seller,
    currency: terms.currency,
    way: terms.rate_bp ? "rate" : "amount",
    amount_minor: terms.amount_minor || null,
    percent: terms.rate_bp ? percentText(terms.rate_bp) : undefined,
    per: terms.per ?? "order",
    optional: terms.optional ?? false,
    channels: terms.channels ?? [],
    below_minor: terms.below_minor || null,
    handling: terms.handling || undefined,
    payer: terms.payer ?? "buyer",
    split: terms.split ?? "amount",
    tax_class: terms.tax_class || undefined,
  }
}

export function feeTermsOf(fields: FeeFields): FeeTerms {
  const rate = fields.way === "rate"
  return {
    kind: "fee",
    name: fields.name.trim(),
    name_zh: fields.name_zh?.trim() ?? "",
    seller: fields.seller,
    currency: fields.currency,
    amount_minor: rate ? 0 : (fields.amount_minor ?? 0),
    rate_bp: rate ? (basisPoints(fields.percent ?? "") ?? 0) : 0,
    per: rate ? "order" : fields.per,
    optional: fields.optional,
    channels: fields.channels ?? [],
    below_minor: fields.below_minor ?? 0,
    handling: fields.handling?.trim() ?? "",
    payer: fields.payer.trim() || "buyer",
    split: fields.split,
    tax_class: fields.tax_class?.trim() ?? "",
  } as FeeTerms
}

/** "1.5" is 150 basis points; null for what is no percentage. */
export function basisPoints(typed: string): number | null {
  const match = /^(\d{1,3})(?:[.,](\d{1,2}))?$/.exec(typed.trim())
  if (!match) return null
  const points = Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"))
  return points <= 10_000 ? points : null
}

export function percentText(points: number): string {
  const whole = String(Math.trunc(points / 100))
  const rest = String(points % 100)
    .padStart(2, "0")
    .replace(/0+$/, "")
  return rest ? `${whole}.${rest}` : whole
}
