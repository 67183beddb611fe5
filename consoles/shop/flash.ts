/** The flash price that holds by itself now: what the button of a product says before the quote says it for certain. */

import type { FlashSalesView } from "@kit/api/schema.gen"

/** What so many of a SKU cost each in a flash sale one need not enter; undefined where the ordinary price holds. */
export function flashOf(
  told: FlashSalesView | undefined,
  sku: string,
  quantity: number,
  member: boolean,
  now: number,
): number | undefined {
  for (const sale of told?.items ?? []) {
    const item = sale.items.find((one) => one.sku === sku)
    const runs = Date.parse(sale.begins_at) <= now && now < Date.parse(sale.ends_at)
    if (!item || !runs || sale.entry !== "automatic") continue
    if (item.per_member && !member) continue
    const most = Math.min(item.left, item.per_order || item.left, item.per_member || item.left)
    if (quantity <= most) return item.price_minor
  }
}
