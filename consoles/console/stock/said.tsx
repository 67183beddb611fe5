/** How stock is said: goods by title and code, figures that open. */

import { send } from "@kit/api/act"
import { fetcher } from "@kit/api/client"
import { countText } from "@kit/format"
import { Go } from "@kit/shell/go"
import { useQuery } from "@tanstack/react-query"
import { Select } from "antd"
import { useState } from "react"

export function Goods({ sku, title }: { sku: string; title: string }) {
  return (
    <span className="stock-goods">
      <Go to={`/stock/skus/${encodeURIComponent(sku)}`}>{title || sku}</Go>
      <span className="muted mono stock-code">{sku}</span>
    </span>
  )
}

/** A change: signed, with a real minus. */
export function Signed({ count, tone }: { count: number; tone?: boolean }) {
  const text = count > 0 ? `+${countText(count)}` : countText(count)
  return <span className={`num ${tone && count < 0 ? "stock-fell" : ""}`}>{text}</span>
}

export function useLocations(typed: string, chosen?: string) {
  const found = useQuery({
    queryKey: ["locations of stock", typed],
    staleTime: 60_000,
    placeholderData: (before) => before,
    queryFn: () => send(fetcher.GET("/v1/locations", { params: { query: { q: typed || undefined, limit: 50 } } })),
  })
  const options = (found.data?.items ?? []).map((one) => ({ value: one.code, label: `${one.name} · ${one.code}` }))
  if (chosen && !options.some((one) => one.value === chosen)) options.unshift({ value: chosen, label: chosen })
  return { options, loading: found.isFetching }
}

export function LocationSelect(props: {
  id?: string
  value?: string
  onChange?: (value: string | undefined) => void
  label: string
  autoFocus?: boolean
  disabled?: boolean
}) {
  const [typed, type] = useState("")
  const { options, loading } = useLocations(typed, props.value)
  return (
    <Select
      id={props.id}
      showSearch={{ filterOption: false, onSearch: type }}
      loading={loading}
      options={options}
      value={props.value}
      onChange={props.onChange}
      aria-label={props.label}
      placeholder={props.label}
      autoFocus={props.autoFocus}
      disabled={props.disabled}
      style={{ width: "100%" }}
    />
  )
}
