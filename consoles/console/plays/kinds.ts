/** The kinds of plays: each a file in `kinds/` that says where its pages are. The area, the tabs and the calendar find it there. */

import type { PageSpec } from "@kit/shell/area"

export interface PlayKind {
  /** As in the address, `/plays/flash-sales`, and as the calendar calls it: `flash_sale`. */
  key: string
  /** Lower comes first among the tabs. */
  order: number
  /** What the calendar's rows of this kind say in `kind`. */
  calendar: string
  title: { en: string; zh: string }
  needs: string
  /** The list at `/plays/<key>`; it shows `<Tabs here="<key>" />` above. */
  list: PageSpec["load"]
  /** Pages below it, as `/plays/<key>/$code`. */
  pages: PageSpec[]
}

const found = import.meta.glob<{ kind: PlayKind }>("./kinds/*.tsx", { eager: true })

export const kinds: PlayKind[] = Object.values(found)
  .map((one) => one.kind)
  .sort((a, b) => a.order - b.order)
