/** What happened, in a sentence whose subject is who did it; and where the thing it is about can be seen. */

import type { AuditView } from "@kit/api/schema.gen"
import { useWords } from "@kit/words"
import { useCallback } from "react"
import { words } from "./words"

export function useSaid(): (one: AuditView) => string {
  const t = useWords(words)
  return useCallback(
    (one) => {
      const key = sentenceOf(one.type)
      return t.has(key) ? t.maybe(key, { name: nameOf(one) }) : one.type
    },
    [t],
  )
}

/** `order.placed.v1` is said by `said.order placed`: dots are what keys are nested by. */
export function sentenceOf(type: string): string {
  return `said.${type.split(".").slice(0, 2).join(" ")}`
}

function nameOf(one: AuditView): string {
  const what = one.facts.what as { name?: string } | undefined
  return (
    what?.name ??
    (one.facts.title as string | undefined) ??
    (one.facts.name as string | undefined) ??
    one.subject.code ??
    ""
  )
}

const AT: Record<string, (id: string) => string> = {
  order: (id) => `/orders/${id}`,
  member: (id) => `/members/${id}`,
  staff: (id) => `/people/${id}`,
  role: (id) => `/roles/${id}`,
  channel: (id) => `/places/channels/${id}`,
  seller: (id) => `/places/sellers/${id}`,
  store: (id) => `/places/stores/${id}`,
  product: (id) => `/products/${id}`,
}

/** The screen of what an event is about, if it has one. */
export function placeOf({ subject }: AuditView): string | null {
  const at = AT[subject.kind]
  return at && subject.id ? at(encodeURIComponent(subject.id)) : null
}

/** How the log is asked for everything about the same thing. */
export function subjectKey({ subject }: AuditView): string | null {
  if (!subject.id) return null
  return ["channel", "seller", "store", "staff"].includes(subject.kind)
    ? `${subject.kind}:${subject.id}`
    : /^[a-z]{3}_/.test(subject.id)
      ? subject.id
      : null
}
