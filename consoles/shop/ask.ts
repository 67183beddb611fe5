/** Questions to the shop's own part of the API, answered from memory first where they have been asked before. */

import { locale } from "@kit/words/locale"
import { useCallback, useEffect, useState, useSyncExternalStore } from "react"
import { company, session } from "./held"
import { API } from "./place"

/** A refusal as the server words it, or that no answer came (status 0). */
export interface Refusal {
  status: number
  code: string
  title: string
  detail: string
  errors?: { pointer: string; code: string; message: string }[]
  [fact: string]: unknown
}

export function refusalOf(thrown: unknown): Refusal {
  if (thrown !== null && typeof thrown === "object" && "code" in thrown && "status" in thrown) return thrown as Refusal
  throw thrown
}

interface Wish {
  body?: unknown
  orderKey?: string
  key?: string
}

async function answer(method: string, path: string, wish: Wish): Promise<Response> {
  const headers: Record<string, string> = { "accept-language": locale.now() }
  const held = session.now()
  if (held) headers.authorization = `Bearer ${held}`
  if (held && company.now()) headers["x-company"] = company.now()
  if (wish.orderKey) headers["x-order-key"] = wish.orderKey
  if (wish.key) headers["idempotency-key"] = wish.key
  if (wish.body !== undefined) headers["content-type"] = "application/json"
  const body = wish.body === undefined ? undefined : JSON.stringify(wish.body)
  let told: Response
  try {
    told = await fetch(API + path, { method, headers, body })
  } catch {
    throw { status: 0, code: "network.unreachable", title: "", detail: "" } satisfies Refusal
  }
  if (told.ok) return told
  if (told.status === 401 && held && !path.endsWith("/sign-in")) {
    // The session has ended: go on as a guest.
    session.keep(null)
    if (method === "GET" && !path.startsWith("/me")) return answer(method, path, wish)
  }
  const refusal = (await told
    .json()
    .catch(() => ({ status: told.status, code: "service.internal", title: "", detail: "" }))) as Refusal
  if (company.now() && (refusal.code === "member.not_a_buyer" || refusal.code === "member.company_blocked")) {
    // The company lets them buy no longer: go on for oneself.
    company.keep("")
    if (method === "GET") return answer(method, path, wish)
  }
  throw refusal
}

/** Ask, and read the answer. */
export async function ask<T>(method: string, path: string, wish: Wish = {}): Promise<T> {
  const told = await answer(method, path, wish)
  return (told.status === 204 ? undefined : await told.json()) as T
}

/** The same, with a header of the answer. */
export async function askFor<T>(
  method: string,
  path: string,
  header: string,
  wish: Wish = {},
): Promise<[T, string | null]> {
  const told = await answer(method, path, wish)
  return [(await told.json()) as T, told.headers.get(header)]
}

export interface Answer<T> {
  value?: T
  refusal?: Refusal
  /** Ask again. */
  again: () => void
}

const known = new Map<string, unknown>()
const listeners = new Set<() => void>()
const KNOWN_MAX = 200

/** What the server wrote into the page, so that the first screen asks nothing. */
export function remember(path: string, value: unknown): void {
  known.delete(path)
  known.set(path, value)
  const oldest = known.keys().next().value
  if (known.size > KNOWN_MAX && oldest !== undefined) known.delete(oldest)
  for (const listener of listeners) listener()
}

const fresh = new Set<string>()
/** What is remembered from the page itself need not be asked once more at once - by a guest: the page was written for everybody. */
export function fromPage(path: string, value: unknown): void {
  if (session.now() && path) return
  remember(path, value)
  fresh.add(path)
}

/** For whom answers are: another shopper, or another company, has other prices. */
const whom = () => `${session.now() ?? ""} ${company.now()}`
let lastAsked = whom()
function askedByAnother(): void {
  if (!session.now() && company.now()) company.keep("")
  if (whom() === lastAsked) return
  lastAsked = whom()
  const front = known.get("")
  known.clear()
  fresh.clear()
  if (front !== undefined) known.set("", front)
  for (const listener of listeners) listener()
}
session.listen(askedByAnother)
company.listen(askedByAnother)

/** Changes when somebody else asks, on this device. */
export function useWhom(): string {
  return useSyncExternalStore((listener) => {
    const both = [session.listen(listener), company.listen(listener)]
    return () => {
      for (const stop of both) stop()
    }
  }, whom)
}

function listen(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The answer to a question: at once what was answered last time, then what is so now. Null asks nothing. */
export function useAsk<T>(path: string | null, orderKey?: string): Answer<T> {
  const value = useSyncExternalStore(listen, () => (path === null ? undefined : (known.get(path) as T | undefined)))
  const [refused, setRefused] = useState<{ path: string; refusal: Refusal }>()
  const [turn, setTurn] = useState(0)
  const again = useCallback(() => setTurn((before) => before + 1), [])
  const asker = useWhom()
  useEffect(() => {
    if (path === null || (turn === 0 && fresh.delete(path))) return
    let gone = false
    ask<T>("GET", path, { orderKey })
      .then((told) => {
        if (asker !== whom()) return
        if (!gone) setRefused(undefined)
        remember(path, told)
      })
      .catch((thrown) => {
        if (!gone) setRefused({ path, refusal: refusalOf(thrown) })
      })
    return () => {
      gone = true
    }
  }, [path, orderKey, turn, asker])
  return { value, refusal: refused?.path === path ? refused.refusal : undefined, again }
}
