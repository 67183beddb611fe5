/** Which part of the book is looked at: business days and a place, held in the address so that it can be linked and gone back to. */

import { send } from "@kit/api/act"
import { fetcher } from "@kit/api/client"
import { useSearchState } from "@kit/list"
import { useWords } from "@kit/words"
import { useQuery } from "@tanstack/react-query"
import { DatePicker, Select } from "antd"
import dayjs from "dayjs"
import { words } from "./words"

export interface Choice {
  place?: string
  day_from?: string
  day_to?: string
}

export function useChoice(): [Choice, (change: Record<string, string | undefined>) => void] {
  const [search, change] = useSearchState()
  return [{ place: search.place, day_from: search.day_from, day_to: search.day_to }, change]
}

/** The choice as a query, to hand on to the next page. */
export function handedOn(choice: Choice, more: Record<string, string | undefined> = {}): string {
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries({ ...choice, ...more })) if (value) query.set(key, value)
  const written = query.toString()
  return written ? `?${written}` : ""
}

const STORE_PAGES_MAX = 8

/** Channels and stores: wherever money may be booked. */
export function usePlaces(): { code: string; name: string }[] {
  const found = useQuery({
    queryKey: ["ledger places"],
    staleTime: 300_000,
    queryFn: async () => {
      const channels = await send(fetcher.GET("/v1/channels", { params: { query: { limit: 250 } } }))
      const places = [...channels.items]
      let after: string | undefined
      for (let page = 0; page < STORE_PAGES_MAX; page++) {
        const stores = await send(fetcher.GET("/v1/stores", { params: { query: { limit: 250, after } } }))
        places.push(...(stores.items as never[]))
        if (!stores.next) break
        after = stores.next
      }
      return places.map(({ code, name }) => ({ code, name }))
    },
  })
  return found.data ?? []
}

export function ChoiceBar() {
  const t = useWords(words)
  const [choice, change] = useChoice()
  const places = usePlaces()
  return (
    <div className="book-choice">
      <DatePicker.RangePicker
        size="small"
        allowEmpty={[true, true]}
        aria-label={t("period")}
        placeholder={[t("period"), ""]}
        value={[choice.day_from ? dayjs(choice.day_from) : null, choice.day_to ? dayjs(choice.day_to) : null]}
        onChange={(days) =>
          change({ day_from: days?.[0]?.format("YYYY-MM-DD"), day_to: days?.[1]?.format("YYYY-MM-DD") })
        }
      />
      <Select
        size="small"
        allowClear
        showSearch={{ optionFilterProp: "label" }}
        style={{ width: 220 }}
        aria-label={t("place")}
        placeholder={t("allPlaces")}
        value={choice.place}
        options={places.map((one) => ({ value: one.code, label: `${one.name} · ${one.code}` }))}
        onChange={(place) => change({ place })}
      />
    </div>
  )
}
