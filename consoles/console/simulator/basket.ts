/** A basket as the address keeps it: "tea:2,rice:1500". */

export interface Wish {
  sku: string
  quantity: number
}

export function basketOf(text: string | undefined): Wish[] {
  return (text ?? "")
    .split(",")
    .map((one) => {
      const cut = one.lastIndexOf(":")
      const sku = (cut < 0 ? one : one.slice(0, cut)).trim()
      const quantity = cut < 0 ? 1 : Number(one.slice(cut + 1))
      return { sku, quantity }
    })
    .filter(({ sku, quantity }) => sku !== "" && Number.isInteger(quantity) && quantity > 0)
}

export function basketText(lines: readonly (Partial<Wish> | undefined)[]): string {
  return lines
    .filter((one): one is Wish => Boolean(one?.sku?.trim() && one.quantity))
    .map((one) => `${one.sku.trim()}:${one.quantity}`)
    .join(",")
}
