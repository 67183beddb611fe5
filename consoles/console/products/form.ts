/** A product as a form holds it, and back. */

import type { paths } from "@kit/api/schema.gen"

export type Shown = paths["/v1/products/{code}"]["get"]["responses"][200]["content"]["application/json"]
export type Body = NonNullable<paths["/v1/products/{code}"]["put"]["requestBody"]>["content"]["application/json"]
type Value = boolean | number | string | string[]

export interface SkuFields {
  code: string
  title?: string
  base_unit?: string
  pack_size?: number | null
  weight_g?: number | null
  gtins?: string
  active?: boolean
  attributes?: Pair[]
}
export interface Pair {
  name: string
  value: string
}
export interface Fields {
  code: string
  title: string
  description?: string
  category?: string | null
  brand?: string | null
  attributes?: Pair[]
  skus?: SkuFields[]
}

const WHOLE = /^-?(0|[1-9]\d{0,14})$/

/** An attribute as it is typed: a whole number, TRUE or FALSE, words with | between them, a text. */
export function typed(value: Value): string {
  if (typeof value === "boolean") return value ? "TRUE" : "FALSE"
  if (Array.isArray(value)) return value.join(" | ")
  const text = String(value)
  return typeof value === "string" && text !== "" && meant(text) !== value ? JSON.stringify(text) : text
}

export function meant(text: string): Value {
  const written = text.trim()
  if (written === "TRUE" || written === "FALSE") return written === "TRUE"
  if (WHOLE.test(written)) return Number(written)
  if (written.length > 1 && written.startsWith('"') && written.endsWith('"')) {
    try {
      return String(JSON.parse(written))
    } catch {
      return written
    }
  }
  if (written.includes("|")) return written.split("|").map((part) => part.trim())
  return written
}

const pairs = (attributes: Record<string, Value>): Pair[] =>
  Object.entries(attributes).map(([name, value]) => ({ name, value: typed(value) }))
const unpaired = (list: Pair[] | undefined): Record<string, Value> =>
  Object.fromEntries((list ?? []).filter((one) => one?.name).map((one) => [one.name.trim(), meant(one.value ?? "")]))

export function fieldsOf(shown: Shown): Fields {
  return {
    code: shown.code,
    title: shown.title,
    description: shown.description,
    category: shown.category ?? undefined,
    brand: shown.brand ?? undefined,
    attributes: pairs(shown.attributes),
    skus: shown.skus.map((sku) => ({
      code: sku.code,
      title: sku.title === shown.title ? "" : sku.title,
      base_unit: sku.base_unit,
      pack_size: sku.pack_size,
      weight_g: sku.weight_g,
      gtins: sku.gtins.map((gtin) => gtin.replace(/^0/, "")).join(" "),
      active: sku.active,
      attributes: pairs(sku.attributes),
    })),
  }
}

export function bodyOf(fields: Fields): Body {
  return {
    title: fields.title.trim(),
    description: fields.description ?? "",
    brand: fields.brand || null,
    category: fields.category || null,
    attributes: unpaired(fields.attributes),
    skus: (fields.skus ?? []).map((sku) => ({
      code: sku.code.trim(),
      title: sku.title?.trim() ?? "",
      base_unit: sku.base_unit?.trim() || "piece",
      pack_size: sku.pack_size ?? 1,
      weight_g: sku.weight_g ?? 0,
      gtins: (sku.gtins ?? "").split(/[\s,;]+/).filter(Boolean),
      active: sku.active ?? true,
      attributes: unpaired(sku.attributes),
    })),
  } as Body
}

/** The fields in which two versions differ, as text. */
export function differing(mine: Fields, theirs: Fields): { field: keyof Fields; mine: string; theirs: string }[] {
  const text = (value: unknown): string =>
    value === undefined || value === null || value === ""
      ? ""
      : typeof value === "string"
        ? value
        : Array.isArray(value)
          ? value
              .map((one) =>
                Object.values(one as object)
                  .filter((part) => typeof part !== "object")
                  .join(" "),
              )
              .join("\n")
          : String(value)
  const names: (keyof Fields)[] = ["title", "description", "category", "brand", "attributes", "skus"]
  return names
    .map((field) => ({ field, mine: text(mine[field]), theirs: text(theirs[field]) }))
    .filter((one) => one.mine !== one.theirs)
}
