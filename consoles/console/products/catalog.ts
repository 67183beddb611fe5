/** Brands, categories and places to choose from: asked for once, all of them. */

import { fetcher } from "@kit/api/client"
import { useQuery } from "@tanstack/react-query"
import { useMemo } from "react"

export interface Named {
  code: string
  name: string
}
export interface Category extends Named {
  parent?: string | null
}
export interface Branch {
  value: string
  title: string
  children: Branch[]
}

type Paged =
  | "/v1/brands"
  | "/v1/categories"
  | "/v1/channels"
  | "/v1/stores"
  | "/v1/sellers"
  | "/v1/price-lists"
  | "/v1/companies"
  | "/v1/member-groups"

const MINUTES = 60_000

/** Every row of a short list; none while it is on its way. */
export function useAll<Row extends { code: string }>(path: Paged, enabled = true): Row[] {
  return useAllAsked<Row>(path, enabled).data ?? NONE
}

function useAllAsked<Row extends { code: string }>(path: Paged, enabled = true) {
  return useQuery({
    queryKey: ["get", path, "all"],
    enabled,
    staleTime: 5 * MINUTES,
    queryFn: async ({ signal }) => {
      const rows: Row[] = []
      let after: string | undefined
      do {
        const { data, error } = await fetcher.GET(path, { params: { query: { after, limit: 250 } }, signal } as never)
        if (error !== undefined) throw error
        const page = data as unknown as { items: Row[]; next?: string | null }
        rows.push(...page.items)
        after = page.next ?? undefined
      } while (after)
      return rows
    },
  })
}

const NONE: never[] = []

/** Categories as a tree, each level by name. */
export function treeOf(categories: readonly Category[]): Branch[] {
  const branches = new Map(
    categories.map((one) => [one.code, { value: one.code, title: one.name, children: [] as Branch[] }]),
  )
  const roots: Branch[] = []
  for (const one of categories) {
    const branch = branches.get(one.code)
    const above = one.parent ? branches.get(one.parent) : undefined
    if (branch) (above ? above.children : roots).push(branch)
  }
  const sorted = (level: Branch[]): Branch[] =>
    level
      .sort((one, other) => one.title.localeCompare(other.title))
      .map((one) => ({ ...one, children: sorted(one.children) }))
  return sorted(roots)
}

/** The tree as indented choices, for a select. */
export function flat(tree: readonly Branch[], depth = 0): { value: string; label: string }[] {
  return tree.flatMap((one) => [
    { value: one.value, label: `${"\u2003".repeat(depth)}${one.title}` },
    ...flat(one.children, depth + 1),
  ])
}

/** The names from the top down to a category. */
export function trail(categories: readonly Category[], code: string | null | undefined): string[] {
  const known = new Map(categories.map((one) => [one.code, one]))
  const names: string[] = []
  const seen = new Set<string>()
  let at = code ?? undefined
  while (at && !seen.has(at)) {
    seen.add(at)
    const one = known.get(at)
    if (!one) return names.length ? names : [at]
    names.unshift(one.name)
    at = one.parent ?? undefined
  }
  return names
}

export function useCategories() {
  const asked = useAllAsked<Category>("/v1/categories")
  const categories = asked.data ?? NONE
  const waiting = asked.isPending
  return useMemo(() => ({ categories, tree: treeOf(categories), waiting }), [categories, waiting])
}

export function useBrands(): Named[] {
  return useAll<Named>("/v1/brands")
}

/** Whether the brands are still on their way. */
export function useBrandsWaiting(): boolean {
  return useAllAsked<Named>("/v1/brands").isPending
}

/** Choices for a select: the name, and the code it goes by. */
export function choices(rows: readonly Named[]): { value: string; label: string }[] {
  return rows.map((one) => ({ value: one.code, label: one.name === one.code ? one.name : `${one.name} · ${one.code}` }))
}
