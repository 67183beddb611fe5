/** The state of a list is its address: filters, order and search can be linked, kept and gone back to. */

import { useLocation, useNavigate } from "@tanstack/react-router"
import { useCallback, useMemo } from "react"

export type Search = Record<string, string>

export function useSearchState(): [Search, (change: Record<string, string | undefined>, replace?: boolean) => void] {
  const location = useLocation()
  const navigate = useNavigate()
  const search = useMemo(
    () =>
      Object.fromEntries(
        Object.entries(location.search as Record<string, unknown>).map(([key, value]) => [key, String(value)]),
      ),
    [location.search],
  )
  const change = useCallback(
    (wanted: Record<string, string | undefined>, replace = false) => {
      const next = Object.fromEntries(
        Object.entries({ ...search, ...wanted }).filter(([, value]) => value !== undefined && value !== ""),
      )
      navigate({ to: ".", search: next as never, replace })
    },
    [navigate, search],
  )
  return [search, change]
}

/** A search as text, its parts in order, so that the same filters are the same text. */
export function asQuery(search: Search): string {
  return new URLSearchParams(Object.entries(search).sort(([one], [other]) => (one < other ? -1 : 1))).toString()
}

export function asSearch(query: string): Search {
  return Object.fromEntries(new URLSearchParams(query))
}
