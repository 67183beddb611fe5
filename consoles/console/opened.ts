/** What this person opened from the palette on this device, newest first; forgotten when another signs in. */

import type { HitView } from "@kit/api/schema.gen"
import { token } from "@kit/api/token"

const NAME = "jiutong.opened"
const MOST = 8
const listeners = new Set<() => void>()
let known: HitView[] | undefined

function read(): HitView[] {
  try {
    const kept = JSON.parse(localStorage.getItem(NAME) ?? "[]")
    return Array.isArray(kept) ? kept : []
  } catch {
    return []
  }
}

function keep(hits: HitView[]): void {
  known = hits
  localStorage.setItem(NAME, JSON.stringify(hits))
  for (const listener of listeners) listener()
}

token.listen(() => {
  if (token.held() === null) keep([])
})

export const opened = {
  now(): HitView[] {
    known ??= read()
    return known
  },
  add(hit: HitView): void {
    keep([hit, ...opened.now().filter((one) => one.kind !== hit.kind || one.id !== hit.id)].slice(0, MOST))
  },
  listen(listener: () => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
}
