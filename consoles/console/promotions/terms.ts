/** Between the form a person fills and the terms the API keeps: nothing is lost that the form does not show. */

import type { components } from "@kit/api/schema.gen"
import dayjs, { type Dayjs } from "dayjs"
import { bounded } from "./Window"

export type Promotion = components["schemas"]["PromotionView"]
export type Terms = Promotion["terms"]
type Benefit = Terms["tiers"][number]["benefit"]

export const STAGES = ["activity", "order", "coupon", "subsidy"] as const
export const KINDS = [
  "percent",
  "amount",
  "fixed_price",
  "nth_item",
  "buy_get",
  "bundle",
  "gift",
  "level_price",
  "free_freight",
] as const
export type Kind = (typeof KINDS)[number]

export const RETURNS = ["keep_share", "requalify"] as const
export const BUDGET_BACK = ["units", "order"] as const

/** A tier as it is typed: every kind of benefit reads the fields it needs. */
export interface TierFields {
  least: number
  kind: Kind
  percent?: number
  amount_minor?: number
  each?: boolean
  nth?: number
  buy?: number
  get?: number
  units?: number
  sku?: string
  levels?: { level: string; amount_minor: number }[]
}

export interface Fields {
  code: string
  name: string
  name_zh?: string
  stage: (typeof STAGES)[number]
  currency: string
  measure: Terms["measure"] & string
  every: boolean
  tiers: TierFields[]
  pick: "cheapest" | "dearest"
  categories: string[]
  brands: string[]
  skus: string[]
  except_skus: string[]
  goods_expression?: string
  expression?: string
  channels: string[]
  stores: string[]
  members_only: boolean
  first_order: boolean
  levels: string[]
  groups: string[]
  window: [Dayjs | null, Dayjs | null] | null
  funders: { funder: string; percent: number }[]
  group?: string
  joins: string[]
  stop_after: boolean
  cap_minor?: number
  uses_max?: number
  member_uses_max?: number
  budget_minor?: number
  budget_back: (typeof BUDGET_BACK)[number]
  returns: (typeof RETURNS)[number]
}

const PERCENT = 100
const FUNDER = { funder: "seller", percent: PERCENT }

export function fieldsOf(one: Promotion | undefined, currency: string): Fields {
  const terms = one?.terms
  const from = bounded(terms?.valid_from)
  const to = bounded(terms?.valid_to)
  return {
    code: one?.code ?? "",
    name: terms?.name ?? "",
    name_zh: terms?.name_zh ?? "",
    stage: terms?.stage ?? "activity",
    currency: terms?.currency || currency,
    measure: terms?.measure ?? "none",
    every: terms?.every ?? false,
    tiers: terms ? terms.tiers.map((tier) => tierOf(tier.least, tier.benefit)) : [{ least: 0, kind: "percent" }],
    pick: terms?.pick ?? "cheapest",
    categories: [...(terms?.goods?.categories ?? [])],
    brands: [...(terms?.goods?.brands ?? [])],
    skus: [...(terms?.goods?.skus ?? [])],
    except_skus: [...(terms?.goods?.except_skus ?? [])],
    goods_expression: terms?.goods?.expression ?? "",
    expression: terms?.expression ?? "",
    channels: [...(terms?.channels ?? [])],
    stores: [...(terms?.stores ?? [])],
    members_only: terms?.buyers?.members_only ?? false,
    first_order: terms?.buyers?.first_order ?? false,
    levels: [...(terms?.buyers?.levels ?? [])],
    groups: [...(terms?.buyers?.groups ?? [])],
    window: from || to ? [from ? dayjs(from) : null, to ? dayjs(to) : null] : null,
    funders: terms ? terms.funders.map((each) => ({ funder: each.funder, percent: each.bp / PERCENT })) : [FUNDER],
    group: terms?.stacking?.group ?? "",
    joins: [...(terms?.stacking?.joins ?? [])],
    stop_after: terms?.stacking?.stop_after ?? false,
    cap_minor: terms?.limits?.cap_minor || undefined,
    uses_max: terms?.limits?.uses_max || undefined,
    member_uses_max: terms?.limits?.member_uses_max || undefined,
    budget_minor: terms?.limits?.budget_minor || undefined,
    budget_back: terms?.limits?.budget_back ?? "units",
    returns: terms?.returns ?? "keep_share",
  }
}

/** What is sent: what was there and is not on the form stays as it was. */
export function termsOf(one: Fields, before?: Terms): Terms {
  const money = one.measure === "amount" || one.tiers.some((tier) => MONEY.has(tier.kind)) || Boolean(one.budget_minor)
  const priced = money || Boolean(one.cap_minor)
  return {
    ...before,
    name: one.name ?? "",
    name_zh: one.name_zh ?? "",
    stage: one.stage,
    coupon: one.stage === "coupon",
    currency: priced ? one.currency : "",
    measure: one.measure,
    every: one.every ?? false,
    pick: one.pick ?? "cheapest",
    tiers: (one.tiers ?? []).map((tier) => ({ least: tier.least ?? 0, benefit: benefitOf(tier, before) })),
    goods: {
      ...before?.goods,
      categories: one.categories ?? [],
      brands: one.brands ?? [],
      skus: one.skus ?? [],
      except_skus: one.except_skus ?? [],
      expression: one.goods_expression ?? "",
    },
    expression: one.expression ?? "",
    channels: one.channels ?? [],
    stores: one.stores ?? [],
    buyers: {
      members_only: one.members_only ?? false,
      first_order: one.first_order ?? false,
      levels: one.levels ?? [],
      groups: one.groups ?? [],
    },
    ...edges(one.window),
    funders: (one.funders ?? []).map((each) => ({
      funder: each?.funder ?? "",
      bp: Math.round((each?.percent ?? 0) * PERCENT),
    })),
    stacking: {
      ...before?.stacking,
      group: one.group ?? "",
      joins: one.joins ?? [],
      stop_after: one.stop_after ?? false,
    },
    limits: {
      ...before?.limits,
      cap_minor: one.cap_minor ?? 0,
      uses_max: one.uses_max ?? 0,
      member_uses_max: one.member_uses_max ?? 0,
      budget_minor: one.budget_minor ?? 0,
      budget_back: one.budget_back ?? "units",
    },
    returns: one.returns ?? "keep_share",
  } as Terms
}

const MONEY = new Set<Kind>(["amount", "fixed_price", "bundle", "level_price"])

function edges(window: Fields["window"] | undefined): Partial<Terms> {
  const [from, to] = window ?? []
  return {
    ...(from ? { valid_from: from.toISOString() } : {}),
    ...(to ? { valid_to: to.toISOString() } : {}),
  }
}

function tierOf(least: number, benefit: Benefit): TierFields {
  const tier = { ...benefit, least, kind: benefit.kind } as TierFields & { bp?: number; prices?: TierFields["levels"] }
  if (benefit.kind === "bundle")
    return { least, kind: "bundle", amount_minor: benefit.amount_minor, units: benefit.parts[0]?.units }
  return { ...tier, percent: tier.bp === undefined ? undefined : tier.bp / PERCENT, levels: tier.prices }
}

function benefitOf(tier: TierFields, before?: Terms): Benefit {
  const bp = Math.round((tier.percent ?? 0) * PERCENT)
  switch (tier.kind) {
    case "percent":
      return { kind: "percent", bp }
    case "amount":
      return { kind: "amount", amount_minor: tier.amount_minor ?? 0, each: tier.each ?? false }
    case "fixed_price":
      return { kind: "fixed_price", amount_minor: tier.amount_minor ?? 0 }
    case "nth_item":
      return { kind: "nth_item", nth: tier.nth ?? 2, bp }
    case "buy_get":
      return {
        kind: "buy_get",
        buy: tier.buy ?? 1,
        get: tier.get ?? 1,
        bp: bp || PERCENT * PERCENT,
        goods: was(before, "buy_get")?.goods ?? null,
      }
    case "bundle":
      return bundleOf(tier, before)
    case "gift":
      return {
        fallback: "drop",
        amount_minor: 0,
        ...was(before, "gift"),
        kind: "gift",
        sku: tier.sku ?? "",
        units: tier.units ?? 1,
      }
    case "level_price":
      return { kind: "level_price", prices: tier.levels ?? [] }
    default:
      return { max_minor: null, ...was(before, "free_freight"), kind: "free_freight" }
  }
}

/** Any so many of the goods for one price; a bundle of several parts keeps them. */
function bundleOf(tier: TierFields, before?: Terms): Benefit {
  const kept = was(before, "bundle")
  const parts =
    kept && kept.parts.length > 1 ? kept.parts : [{ goods: kept?.parts[0]?.goods ?? {}, units: tier.units ?? 1 }]
  return { kind: "bundle", amount_minor: tier.amount_minor ?? 0, parts } as Benefit
}

function was<K extends Kind>(before: Terms | undefined, kind: K): Extract<Benefit, { kind: K }> | undefined {
  return before?.tiers
    .map((tier) => tier.benefit)
    .find((one): one is Extract<Benefit, { kind: K }> => one.kind === kind)
}
