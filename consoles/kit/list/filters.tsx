/** Filters: each a chip that is always in sight once it is set, and edited where it stands. */

import { CloseOutlined, DownOutlined, PlusOutlined } from "@ant-design/icons"
import { Button, DatePicker, Dropdown, Input, Popover, Select } from "antd"
import dayjs from "dayjs"
import { type ReactNode, useState } from "react"
import { amountText, currencySign, moneyText, parseAmount } from "../format"
import { defineWords, useWords } from "../words"
import type { Search } from "./search"

interface Base {
  key: string
  title: string
  /** Offered as an empty chip from the start, not only under "Add filter". */
  pinned?: boolean
  /** Set elsewhere on the page, by tabs for instance: known, kept in views, but no chip. */
  quiet?: boolean
}

export interface Choice {
  value: string
  label: string
}

export type Filter = Base &
  (
    | { kind: "choice"; options: Choice[] }
    /** Options come from the server as one types. */
    | { kind: "lookup"; useOptions: (typed: string) => { options: Choice[]; loading: boolean } }
    | { kind: "text"; placeholder?: string }
    /** Typed in major units, held in minor ones. */
    | { kind: "amount"; currency: string }
    /** Two days, both inclusive, held in `keys` as RFC 3339 instants of this browser's zone: from, and the day after to. */
    | { kind: "period"; keys: [string, string] }
  )

const words = defineWords({
  en: {
    add: "Filter",
    clear: "Clear all",
    remove: "Remove filter {title}",
    apply: "Apply",
    any: "any",
    from: "from {from}",
    to: "to {to}",
  },
  zh: {
    add: "筛选",
    clear: "全部清除",
    remove: "移除筛选 {title}",
    apply: "应用",
    any: "不限",
    from: "{from} 起",
    to: "至 {to}",
  },
})

export function keysOf(filter: Filter): string[] {
  return filter.kind === "period" ? filter.keys : [filter.key]
}

export function isSet(filter: Filter, search: Search): boolean {
  return keysOf(filter).some((key) => search[key])
}

export function Filters(props: {
  filters: Filter[]
  search: Search
  change: (wanted: Record<string, string | undefined>) => void
}) {
  const t = useWords(words)
  const { search, change } = props
  const filters = props.filters.filter((filter) => !filter.quiet)
  const [added, add] = useState<string>()
  const shown = filters.filter((filter) => filter.pinned || isSet(filter, search) || filter.key === added)
  const offered = filters.filter((filter) => !shown.includes(filter))
  const set = filters.filter((filter) => isSet(filter, search))
  return (
    <div className="filters">
      {shown.map((filter) => (
        <Chip key={filter.key} filter={filter} search={search} change={change} opened={filter.key === added} />
      ))}
      {offered.length ? (
        <Dropdown
          trigger={["click"]}
          menu={{
            items: offered.map((filter) => ({ key: filter.key, label: filter.title })),
            onClick: ({ key }) => add(key),
          }}
        >
          <Button type="text" size="small" icon={<PlusOutlined />}>
            {t("add")}
          </Button>
        </Dropdown>
      ) : null}
      {set.length ? (
        <Button
          type="text"
          size="small"
          onClick={() => {
            add(undefined)
            change(Object.fromEntries(set.flatMap(keysOf).map((key) => [key, undefined])))
          }}
        >
          {t("clear")}
        </Button>
      ) : null}
    </div>
  )
}

function Chip(props: {
  filter: Filter
  search: Search
  change: (wanted: Record<string, string | undefined>) => void
  opened: boolean
}) {
  const t = useWords(words)
  const { filter, search, change } = props
  const [open, setOpen] = useState(props.opened)
  const set = isSet(filter, search)
  const pick = (wanted: Record<string, string | undefined>) => {
    change(wanted)
    setOpen(false)
  }
  return (
    <span className={`chip${set ? " set" : ""}`}>
      <Popover
        trigger="click"
        open={open}
        onOpenChange={setOpen}
        placement="bottomLeft"
        arrow={false}
        destroyOnHidden
        content={<Editor filter={filter} search={search} pick={pick} />}
      >
        <button type="button" className="chip-body" aria-expanded={open}>
          <span className="muted">{filter.title}</span>
          {set ? <strong>{said(filter, search, t)}</strong> : <DownOutlined className="muted" aria-hidden="true" />}
        </button>
      </Popover>
      {set ? (
        <button
          type="button"
          className="chip-x"
          aria-label={t("remove", { title: filter.title })}
          onClick={() => change(Object.fromEntries(keysOf(filter).map((key) => [key, undefined])))}
        >
          <CloseOutlined />
        </button>
      ) : null}
    </span>
  )
}

function said(
  filter: Filter,
  search: Search,
  t: (key: "from" | "to", values: Record<string, string>) => string,
): ReactNode {
  if (filter.kind === "period") {
    const [from, to] = filter.keys.map((key) => search[key])
    const first = from ? dayjs(from).format("YYYY-MM-DD") : ""
    const last = to ? dayjs(to).subtract(1, "millisecond").format("YYYY-MM-DD") : ""
    return first && last
      ? first === last
        ? first
        : `${first} – ${last}`
      : first
        ? t("from", { from: first })
        : t("to", { to: last })
  }
  const value = search[filter.key] ?? ""
  if (filter.kind === "choice") return filter.options.find((option) => option.value === value)?.label ?? value
  if (filter.kind === "amount") return moneyText(Number(value), filter.currency)
  return value
}

function Editor(props: { filter: Filter; search: Search; pick: (wanted: Record<string, string | undefined>) => void }) {
  const { filter, search, pick } = props
  const value = search[filter.key]
  if (filter.kind === "period") {
    const [from, to] = filter.keys
    return (
      <DatePicker.RangePicker
        autoFocus
        allowEmpty={[true, true]}
        value={[
          search[from] ? dayjs(search[from]) : null,
          search[to] ? dayjs(search[to]).subtract(1, "millisecond") : null,
        ]}
        onChange={(days) =>
          pick({
            [from]: days?.[0]?.startOf("day").toISOString(),
            [to]: days?.[1]?.add(1, "day").startOf("day").toISOString(),
          })
        }
      />
    )
  }
  if (filter.kind === "choice")
    return (
      <Select
        autoFocus
        defaultOpen
        showSearch={filter.options.length > 8 ? { optionFilterProp: "label" } : undefined}
        style={{ width: 240 }}
        options={filter.options}
        value={value}
        aria-label={filter.title}
        onChange={(next) => pick({ [filter.key]: next })}
      />
    )
  if (filter.kind === "lookup")
    return (
      <Lookup
        title={filter.title}
        useOptions={filter.useOptions}
        value={value}
        pick={(next) => pick({ [filter.key]: next })}
      />
    )
  if (filter.kind === "amount") {
    const { currency } = filter
    return (
      <Input.Search
        autoFocus
        inputMode="decimal"
        prefix={currencySign(currency)}
        defaultValue={value ? amountText(Number(value), currency) : undefined}
        style={{ width: 200 }}
        aria-label={filter.title}
        onSearch={(next) => {
          const minor = next.trim() ? parseAmount(next, currency) : undefined
          if (minor !== null) pick({ [filter.key]: minor === undefined ? undefined : String(minor) })
        }}
      />
    )
  }
  return (
    <Input.Search
      autoFocus
      defaultValue={value}
      placeholder={filter.placeholder}
      style={{ width: 260 }}
      aria-label={filter.title}
      onSearch={(next) => pick({ [filter.key]: next.trim() || undefined })}
    />
  )
}

function Lookup(props: {
  title: string
  value?: string
  useOptions: (typed: string) => { options: Choice[]; loading: boolean }
  pick: (value: string) => void
}) {
  const [typed, type] = useState("")
  const { options, loading } = props.useOptions(typed)
  return (
    <Select
      autoFocus
      defaultOpen
      showSearch={{ filterOption: false, onSearch: type }}
      loading={loading}
      style={{ width: 280 }}
      options={options}
      value={props.value}
      aria-label={props.title}
      onChange={props.pick}
    />
  )
}
