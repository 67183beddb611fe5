/** What the basket comes to, asked of the server whenever it changes. */

import type { QuotedView } from "@kit/api/schema.gen"
import { useCallback, useEffect, useState } from "react"
import { ask, type Refusal, refusalOf, useWhom } from "./ask"
import { type Put, useBasket } from "./basket"
import { useBuying, wishes } from "./buying"

const QUIET_MS = 150

export interface Quote {
  lines: Put[]
  quote: QuotedView | undefined
  /** The quote is of what stands in the basket now. */
  current: boolean
  refusal: Refusal | undefined
  again: () => void
}

export interface Asked {
  /** What is bought instead of the basket: a play is bought by itself. */
  instead?: Put[]
  play?: string
  /** Where it is to go, as far as that is known. */
  to?: { country: string; region: string }
}

export function useQuote({ instead, play, to }: Asked = {}): Quote {
  const kept = useBasket()
  const chosen = useBuying()
  const lines = instead ?? kept
  const now = lines.length
    ? JSON.stringify({
        lines: lines.map(({ sku, quantity }) => ({ sku, quantity })),
        ...wishes(chosen),
        ...(play ? { play } : {}),
        ...(to?.country ? to : {}),
      })
    : ""
  const [told, setTold] = useState<{ of: string; quote: QuotedView }>()
  const [refusal, setRefusal] = useState<Refusal>()
  const [turn, setTurn] = useState(0)
  const again = useCallback(() => setTurn((before) => before + 1), [])
  const asker = useWhom()
  const key = `${asker} ${now}`
  useEffect(() => {
    void turn
    if (!now) {
      setTold(undefined)
      return
    }
    let gone = false
    const timer = setTimeout(() => {
      ask<QuotedView>("POST", "/quotes", { body: JSON.parse(now) })
        .then((quote) => {
          if (gone) return
          setTold({ of: key, quote })
          setRefusal(undefined)
        })
        .catch((thrown) => {
          if (!gone) setRefusal(refusalOf(thrown))
        })
    }, QUIET_MS)
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [now, key, turn])
  return { lines, quote: lines.length ? told?.quote : undefined, current: told?.of === key, refusal, again }
}
