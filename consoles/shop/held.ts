/** What this device holds: the shopper's session, and the keys of orders placed or found here as a guest. */

import { kept } from "./place"

export const session = kept<string | null>("session", null)
/** The code of the company that is bought for; "" for oneself. */
export const company = kept<string>("company", "")
export const orderKeys = kept<Record<string, string>>("orders", {})
export const seen = kept<string[]>("seen", [])

const SEEN_MAX = 12
const KEYS_MAX = 50

export function holdOrder(id: string, key: string): void {
  const entries = Object.entries(orderKeys.now()).filter(([known]) => known !== id)
  orderKeys.keep(Object.fromEntries([...entries.slice(1 - KEYS_MAX), [id, key]]))
}

export function saw(product: string): void {
  seen.keep([product, ...seen.now().filter((known) => known !== product)].slice(0, SEEN_MAX))
}
