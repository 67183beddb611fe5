/** What the basket comes to, asked of the server whenever it changes. */

import type { QuotedView } from "@kit/api/schema.gen"
import { useCallback, useEffect, useState } from "react"
import { ask, type Refusal, refusalOf } from "./ask"
import { type Put, useBasket } from "./basket"

const QUIET_MS = 150

export interface Quote {
  lines: Put[]
  quote: QuotedView | undefined
  /** The quote is of what stands in the basket now. */
  current: boolean
  refusal: Refusal | undefined
  again: () => void
}

function signature(lines: Put[]): string {
  return lines.map((line) => `${line.sku}:${line.quantity}`).join(" ")
}

export function useQuote(): Quote {
  const lines = useBasket()
  const now = signature(lines)
  const [told, setTold] = useState<{ of: string; quote: QuotedView }>()
  const [refusal, setRefusal] = useState<Refusal>()
  const [turn, setTurn] = useState(0)
  const again = useCallback(() => setTurn((before) => before + 1), [])
  useEffect(() => {
    void turn
    if (!now) {
      setTold(undefined)
      return
    }
    let gone = false
    const wanted = now.split(" ").map((text) => {
      const cut = text.lastIndexOf(":")
      return { sku: text.slice(0, cut), quantity: Number(text.slice(cut + 1)) }
    })
    const timer = setTimeout(() => {
      ask<QuotedView>("POST", "/quotes", { body: { lines: wanted } })
        .then((quote) => {
          if (gone) return
          setTold({ of: now, quote })
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
  }, [now, turn])
  return { lines, quote: lines.length ? told?.quote : undefined, current: told?.of === now, refusal, again }
}
