/** What several screens about people ask. */

import { api } from "@kit/api/client"
import { useCallback, useMemo } from "react"

const MANY = { params: { query: { limit: 250 } } }

export function useRoles() {
  return api.useQuery("get", "/v1/roles", MANY, { staleTime: 60_000 })
}

export function useRoleNames(): (code: string) => string {
  const { data } = useRoles()
  const names = useMemo(() => new Map(data?.items.map((role) => [role.code, role.name])), [data])
  return useCallback((code) => names.get(code) ?? code, [names])
}

export function useStoreChoices() {
  const { data } = api.useQuery("get", "/v1/stores", MANY, { staleTime: 60_000 })
  return data?.items.map((store) => ({ value: store.code, label: `${store.name} · ${store.code}` })) ?? []
}

export function useGrants() {
  return api.useQuery("get", "/v1/grants", {}, { staleTime: 300_000 })
}

/** "Firefox on Windows": what a browser says of itself, shortened to what people recognize. */
export function browserOf(agent: string): string {
  const browser = /Edg\//.test(agent)
    ? "Edge"
    : /Firefox\//.test(agent)
      ? "Firefox"
      : /Chrome\//.test(agent)
        ? "Chrome"
        : /Safari\//.test(agent)
          ? "Safari"
          : (agent.split(/[/ ]/)[0] ?? "")
  const system = /Windows/.test(agent)
    ? "Windows"
    : /Android/.test(agent)
      ? "Android"
      : /iPhone|iPad/.test(agent)
        ? "iOS"
        : /Mac OS/.test(agent)
          ? "macOS"
          : /Linux/.test(agent)
            ? "Linux"
            : ""
  return [browser, system].filter(Boolean).join(" · ")
}
