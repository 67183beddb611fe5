/** The shop itself: what every page knows of it. */

import type { FrontView } from "@kit/api/schema.gen"
import { createContext, useContext } from "react"
import { useLocale } from "./say"

export const Front = createContext<FrontView | null>(null)

export function useFront(): FrontView {
  const front = useContext(Front)
  if (!front) throw new Error("outside of the shop")
  return front
}

type Told = "title" | "greeting" | "delivery" | "returns"

/** What the shop says of itself, in the reader's language where it has words in it. */
export function useTold(): (what: Told) => string {
  const front = useFront()
  const zh = useLocale() === "zh"
  return (what) => (zh && front[`${what}_zh`]) || front[what] || front[`${what}_zh`]
}
