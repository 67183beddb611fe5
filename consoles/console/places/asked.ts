/** What several screens about places ask. */

import { api } from "@kit/api/client"
import { useLocale } from "@kit/words"

const MANY = { params: { query: { limit: 250 } } }
const KEPT = { staleTime: 30_000 }

interface Named {
  code: string
  name: string
}

function choices(items: Named[] | undefined) {
  return items?.map(({ code, name }) => ({ value: code, label: name === code ? code : `${name} · ${code}` })) ?? []
}

export function useChannels() {
  return choices(api.useQuery("get", "/v1/channels", MANY, KEPT).data?.items)
}

export function useSellers() {
  return choices(api.useQuery("get", "/v1/sellers", MANY, KEPT).data?.items)
}

export function useStores() {
  return choices(api.useQuery("get", "/v1/stores", MANY, KEPT).data?.items)
}

export function useLocations() {
  return choices(api.useQuery("get", "/v1/locations", MANY, KEPT).data?.items)
}

export function useScenes() {
  const zh = useLocale() === "zh"
  const { data } = api.useQuery("get", "/v1/scenes", {}, { staleTime: 300_000 })
  return (
    data?.map((scene) => ({ value: scene.code, label: `${zh ? scene.title_zh : scene.title} · ${scene.code}` })) ?? []
  )
}

export const CURRENCIES = ["CNY", "USD", "EUR", "GBP", "JPY", "HKD", "TWD", "KRW", "SGD", "AUD", "CAD"]
export const ZONES = Intl.supportedValuesOf("timeZone")
