/** How the basket is to be bought: which coupons, whether points and red packets pay with it, which services. Kept on this device. */

import { useSyncExternalStore } from "react"
import { kept } from "./place"

export interface Buying {
  /** Codes chosen; null leaves the choice to the shop: the best of those in hand. */
  coupons: string[] | null
  points: boolean
  packets: boolean
  services: string[]
}

export const NOTHING_CHOSEN: Buying = { coupons: null, points: false, packets: false, services: [] }
export const buying = kept<Buying>("buying", NOTHING_CHOSEN)

export function useBuying(): Buying {
  return useSyncExternalStore(buying.listen, buying.now)
}

/** "As much as is allowed": the server takes no more than there is, and than its rules let pass. */
const ALL = 1_000_000_000

/** The same as the API has it; what is not chosen is left out. */
export function wishes(of: Buying): Record<string, unknown> {
  return {
    ...(of.coupons === null ? {} : { coupons: of.coupons }),
    ...(of.points ? { points: ALL } : {}),
    ...(of.packets ? { red_packet_minor: ALL } : {}),
    ...(of.services.length ? { services: of.services } : {}),
  }
}

/** One more or one less of a list. */
export function toggled(list: readonly string[], one: string): string[] {
  return list.includes(one) ? list.filter((each) => each !== one) : [...list, one]
}
