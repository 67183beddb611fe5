import type { KeyView } from "@kit/api/schema.gen"
import { relativeText } from "@kit/format"
import { Status } from "@kit/record"
import { useLocale, useWords } from "@kit/words"
import { words } from "./words"

export function isOver(key: KeyView, now: number): boolean {
  return key.revoked_at !== null && Date.parse(key.revoked_at) <= now
}

/** In force, about to end because another follows it, or ended. */
export function KeyStatus({ of: key }: { of: KeyView }) {
  const t = useWords(words)
  const locale = useLocale()
  const now = Date.now()
  if (!key.revoked_at) return <Status tone="good">{t("inForce")}</Status>
  if (isOver(key, now)) return <Status tone="quiet">{t("ended")}</Status>
  return <Status tone="warn">{t("ending", { when: relativeText(key.revoked_at, now, locale) })}</Status>
}
