import { countText } from "@kit/format"
import { Status, type Tone } from "@kit/record"
import { useWords } from "@kit/words"
import "./coupons.css"
import { words } from "./words"

export interface Batch {
  status: "draft" | "live" | "stopped" | "ended"
  claim_from: string
  claim_to: string
  cap: number
  given: number
  used: number
}

/** How a batch stands now: one that is live has a beginning and an end. */
export function Standing({ of }: { of: Batch }) {
  const t = useWords(words)
  const now = Date.now()
  if (of.status === "live" && Date.parse(of.claim_to) <= now) return <Status tone="quiet">{t("over")}</Status>
  if (of.status === "live" && Date.parse(of.claim_from) > now) return <Status tone="warn">{t("soon")}</Status>
  const tone: Record<Batch["status"], Tone> = { draft: "quiet", live: "good", stopped: "warn", ended: "quiet" }
  return <Status tone={tone[of.status]}>{t(`status.${of.status}`)}</Status>
}

/** Given of all, and used of those: two bars in one. */
export function Progress({ of }: { of: Batch }) {
  const t = useWords(words)
  return (
    <span className="coupon-progress">
      <span className="coupon-bar" aria-hidden="true">
        <i style={{ width: `${(of.given * 100) / of.cap}%` }} />
        <b style={{ width: `${(of.used * 100) / of.cap}%` }} />
      </span>
      <small>{t("givenOf", { given: countText(of.given), cap: countText(of.cap), used: countText(of.used) })}</small>
    </span>
  )
}

/** A part of a whole as people read it; the smallest part that is something is not nothing. */
export function share(part: number, whole: number): string {
  if (!whole || !part) return "0%"
  const percent = (part * 100) / whole
  return percent < 1 ? "<1%" : `${Math.floor(percent)}%`
}
