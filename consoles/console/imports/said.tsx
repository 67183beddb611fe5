/** How an import stands, in a word; and what became of its rows. */

import { Status, type Tone } from "@kit/record"
import { useWords } from "@kit/words"
import type { Sheet } from "./sheets"
import { words } from "./words"

const TONES: Record<Sheet["state"], Tone> = { uploaded: "warn", running: "busy", done: "good", canceled: "quiet" }
export const OUTCOMES: Record<string, Tone> = { created: "good", changed: "busy", unchanged: "quiet", refused: "bad" }

export function SheetState({ sheet }: { sheet: Sheet }) {
  const t = useWords(words)
  return <Status tone={TONES[sheet.state]}>{t(`stateOf.${sheet.state}`)}</Status>
}

/** The counts that are not nothing. */
export function Counts({ of }: { of: Pick<Sheet, "created" | "changed" | "unchanged" | "refused"> }) {
  const t = useWords(words)
  return (
    <span className="counts">
      {of.created ? <Status tone="good">{t("newCount", { count: of.created })}</Status> : null}
      {of.changed ? <Status tone="busy">{t("changedCount", { count: of.changed })}</Status> : null}
      {of.unchanged ? <Status tone="quiet">{t("sameCount", { count: of.unchanged })}</Status> : null}
      {of.refused ? <Status tone="bad">{t("refusedCount", { count: of.refused })}</Status> : null}
    </span>
  )
}

export function OutcomeWord({ outcome }: { outcome: string }) {
  const t = useWords(words)
  const said =
    { created: t("new"), changed: t("changed"), unchanged: t("same"), refused: t("refused") }[outcome] ?? outcome
  return <Status tone={OUTCOMES[outcome] ?? "quiet"}>{said}</Status>
}
