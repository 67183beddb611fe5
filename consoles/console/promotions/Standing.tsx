/** How a promotion stands now: one that is published runs within its window alone. */

import { Status } from "@kit/record"
import { useWords } from "@kit/words"
import { words } from "./words"

export interface Stands {
  state: "draft" | "published" | "replaced" | "ended"
  terms: { valid_from?: string; valid_to?: string }
}

export function Standing({ of }: { of: Stands }) {
  const t = useWords(words)
  if (of.state === "draft") return <Status tone="quiet">{t("state.draft")}</Status>
  if (of.state !== "published") return <Status tone="quiet">{t(`state.${of.state}`)}</Status>
  const now = Date.now()
  if (of.terms.valid_from && Date.parse(of.terms.valid_from) > now) return <Status tone="warn">{t("soon")}</Status>
  if (of.terms.valid_to && Date.parse(of.terms.valid_to) <= now) return <Status tone="quiet">{t("over")}</Status>
  return <Status tone="good">{t("running")}</Status>
}
