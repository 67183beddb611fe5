/** Products in the words and signs of the trade. */

import { Status, type Tone } from "@kit/record"
import { useWords } from "@kit/words"
import { words } from "./words"

export const ACTS = ["submit", "publish", "retire", "revise", "set_category", "set_brand"] as const
export type Act = (typeof ACTS)[number]
export type Move = "submit" | "publish" | "retire" | "revise"

const TONES: Record<string, Tone> = { draft: "quiet", audit: "warn", published: "good", retired: "quiet" }

/** What may be done next, the usual thing first. */
export const NEXT: Record<string, Move[]> = {
  draft: ["submit", "retire"],
  audit: ["publish", "revise", "retire"],
  published: ["retire"],
  retired: ["publish", "revise"],
}
export function ProductStatus({ status }: { status: string }) {
  const t = useWords(words)
  return <Status tone={TONES[status] ?? "quiet"}>{t.maybe(`statusOf.${status}`)}</Status>
}

/** A product's picture, or its first letter on a quiet ground. */
export function Thumb({ title, picture }: { title: string; picture?: string | null }) {
  if (picture) return <img className="thumb" src={picture} alt="" loading="lazy" width={28} height={28} />
  const letter = /[\p{L}\p{N}]/u.exec(title)?.[0] ?? "·"
  return (
    <span className="thumb" aria-hidden="true">
      {letter.toUpperCase()}
    </span>
  )
}

export function weightText(grams: number): string {
  return grams === 0 ? "" : grams % 1000 === 0 ? `${grams / 1000} kg` : `${grams.toLocaleString()} g`
}

/** The value of an attribute as people read it. */
export function attributeText(value: boolean | number | string | string[]): string {
  return Array.isArray(value) ? value.join(", ") : typeof value === "boolean" ? (value ? "✓" : "✗") : String(value)
}
