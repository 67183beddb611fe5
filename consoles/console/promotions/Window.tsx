/** From when until when terms hold; without an end they hold until somebody ends them. */

import { Time } from "@kit/format"
import { useWords } from "@kit/words"
import { words } from "./words"

export function Window({ of }: { of: { valid_from?: string; valid_to?: string } }) {
  const t = useWords(words)
  const from = bounded(of.valid_from)
  const to = bounded(of.valid_to)
  if (!from && !to) return <span className="muted">{t("always")}</span>
  return (
    <span>
      {from ? <Time at={from} /> : t("now")} – {to ? <Time at={to} /> : t("open")}
    </span>
  )
}

/** The ends of time are no instants anybody chose. */
export function bounded(at: string | undefined): string | undefined {
  return at && !at.startsWith("0001") && !at.startsWith("9999") ? at : undefined
}
