/** How a part of the console says what it has: its pages, and where they stand in the menu. */

import type { ReactNode } from "react"

/** The groups of the menu, in their order. */
export const GROUPS = ["home", "sell", "marketing", "goods", "stock", "people", "money", "platform"] as const
export type Group = (typeof GROUPS)[number]

export interface PageSpec {
  /** "/orders/$order": what follows `$` is read with `usePlace("order")`. */
  path: string
  load: () => Promise<{ default: () => ReactNode }>
  /** The grant without which the page is refused. */
  needs?: string
}

export interface MenuEntry {
  group: Group
  /** Lower comes first within its group. */
  order: number
  path: string
  icon: ReactNode
  /** Said in the reader's language. */
  title: { en: string; zh: string }
  needs?: string
  /** Further words by which the palette finds it. */
  also?: string
}

export interface Area {
  pages: PageSpec[]
  menu: MenuEntry[]
}
