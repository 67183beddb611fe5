/** Deductions and reasons in words. */

import type { Note } from "@kit/api/schema.gen"
import { countText, moneyText } from "@kit/format"
import { useLocale, useWords } from "@kit/words"
import { words } from "../words"
import type { Off } from "./quote"

interface Named {
  name: string
  name_zh: string
}

/** What was named in two languages, in the one that is read. */
export function useNamed(): (one: Named) => string {
  const zh = useLocale() === "zh"
  return (one) => (zh ? one.name_zh || one.name : one.name || one.name_zh)
}

export function useOffName(): (off: Off) => string {
  const t = useWords(words)
  const named = useNamed()
  return (off) => {
    if (off.stage === "line") return off.rule === "till" ? t("handOff") : `${t("handOff")} · ${off.rule}`
    return off.stage === "coupon" ? `${t("coupon")} · ${named(off)}` : named(off)
  }
}

/** How little is missing; null where nothing is. `titleOf` names goods by their code. */
export function useMissing(currency: string, titleOf: (sku: string) => string): (note: Note) => string | null {
  const t = useWords(words)
  return (note) => {
    if (note.outcome !== "near" || !note.gap_unit) return null
    if (note.why === "add_gift") return t("moreGift", { goods: titleOf(note.by) })
    return note.gap_unit === "minor"
      ? t("moreAmount", { gap: moneyText(note.gap, currency) })
      : t("moreUnits", { count: countText(note.gap) })
  }
}

/** Why a rule does not count, as far as there are words for it. */
export function useBecause(notes: readonly Note[]): (why: string, by: string) => string {
  const t = useWords(words)
  const named = useNamed()
  return (why, by) => {
    const other = notes.find((note) => note.rule === by)
    if (why === "better" && other) return t("beatenBy", { name: named(other) })
    const key = `because.${why}`
    return t.has(key) ? t.maybe(key, { name: other ? named(other) : by }) : t("outcome.barred")
  }
}
