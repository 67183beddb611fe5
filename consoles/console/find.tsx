/** Records for the palette: what the server finds in a number, a name, a code or some words, and what was opened last. */

import {
  BarcodeOutlined,
  CarOutlined,
  CreditCardOutlined,
  InboxOutlined,
  RollbackOutlined,
  ShopOutlined,
  ShoppingOutlined,
  TransactionOutlined,
  UserOutlined,
} from "@ant-design/icons"
import { api } from "@kit/api/client"
import type { HitView } from "@kit/api/schema.gen"
import { Money, Time } from "@kit/format"
import type { Entry } from "@kit/palette"
import { useGo } from "@kit/shell/go"
import { defineWords, type Say, useWords } from "@kit/words"
import { type ReactNode, useEffect, useMemo, useState, useSyncExternalStore } from "react"
import { opened } from "./opened"
import { trade } from "./orders/words"

const words = defineWords({
  en: {
    kind: {
      order: "Order",
      member: "Member",
      product: "Product",
      payment: "Payment",
      refund: "Refund",
      return: "Return",
      fulfillment: "Fulfillment",
      shipment: "Shipment",
      store: "Store",
      location: "Location",
    },
    product: { draft: "Draft", audit: "In audit", published: "For sale", retired: "Retired" },
    return: { received: "Received" },
    shipment: { shipped: "On its way", delivered: "Delivered" },
  },
  zh: {
    kind: {
      order: "订单",
      member: "会员",
      product: "商品",
      payment: "收款",
      refund: "退款",
      return: "退货",
      fulfillment: "履约单",
      shipment: "包裹",
      store: "门店",
      location: "仓库",
    },
    product: { draft: "草稿", audit: "待审核", published: "在售", retired: "已下架" },
    return: { received: "已收货" },
    shipment: { shipped: "运输中", delivered: "已签收" },
  },
})

const WAIT_MS = 120

const ICONS: Record<HitView["kind"], ReactNode> = {
  order: <ShoppingOutlined />,
  member: <UserOutlined />,
  product: <BarcodeOutlined />,
  payment: <CreditCardOutlined />,
  refund: <TransactionOutlined />,
  return: <RollbackOutlined />,
  fulfillment: <InboxOutlined />,
  shipment: <CarOutlined />,
  store: <ShopOutlined />,
  location: <InboxOutlined />,
}

/** Where each kind of thing is seen. */
export function addressOf(hit: HitView): string {
  const id = encodeURIComponent(hit.id)
  switch (hit.kind) {
    case "order":
      return `/orders/${id}`
    case "member":
      return `/members/${id}`
    case "product":
      return `/products/${id}`
    case "return":
      return `/returns/${id}`
    case "fulfillment":
      return `/fulfillment/${id}`
    case "shipment":
      return `/shipments/${id}`
    case "payment":
      return `/payments/${id}`
    case "refund":
      return `/refunds/${id}`
    case "store":
      return `/orders?store=${id}`
    case "location":
      return `/stock?location=${id}`
  }
}

export function useFound(typed: string): { entries: Entry[]; searching: boolean } {
  const entry = useEntry()
  const settled = useSettled(typed)
  const asked = api.useQuery(
    "post",
    "/v1/find",
    { body: { text: settled } },
    { enabled: settled !== "", staleTime: 10_000, retry: false },
  )
  const entries = useMemo(
    () => (typed && settled === typed ? (asked.data?.items ?? []).map(entry) : []),
    [typed, settled, asked.data, entry],
  )
  return { entries, searching: typed !== "" && (typed !== settled || asked.isLoading) }
}

/** What was opened from here last, newest first. */
export function useRecent(): Entry[] {
  const entry = useEntry()
  const hits = useSyncExternalStore(opened.listen, opened.now)
  return useMemo(() => hits.map(entry), [hits, entry])
}

function useEntry(): (hit: HitView) => Entry {
  const t = useWords(words)
  const tt = useWords(trade)
  const go = useGo()
  return useMemo(
    () => (hit) => ({
      key: `${hit.kind} ${hit.id}`,
      kind: t(`kind.${hit.kind}`),
      icon: ICONS[hit.kind],
      title: hit.title === hit.id && hit.id.includes("_") ? <span className="mono">{hit.title}</span> : hit.title,
      subtitle: <Details hit={hit} state={stateOf(hit, t, tt)} />,
      go: () => {
        opened.add(hit)
        go(addressOf(hit))
      },
    }),
    [t, tt, go],
  )
}

function Details({ hit, state }: { hit: HitView; state: string }) {
  const parts: ReactNode[] = []
  if (state) parts.push(state)
  if (hit.amount !== undefined && hit.amount !== null && hit.currency)
    parts.push(<Money key="amount" minor={hit.amount} currency={hit.currency} />)
  if (hit.subtitle && hit.subtitle !== hit.title) parts.push(hit.subtitle)
  if (hit.at) parts.push(<Time key="at" at={hit.at} />)
  return parts.map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: parts do not move
    <span key={index}>
      {index ? " · " : null}
      {part}
    </span>
  ))
}

function stateOf(hit: HitView, t: Say<(typeof words)["en"]>, tt: Say<(typeof trade)["en"]>): string {
  if (!hit.state) return ""
  const said = { order: "status", payment: "payment", refund: "refund", fulfillment: "work" } as const
  if (hit.kind in said) return tt.maybe(`${said[hit.kind as keyof typeof said]}.${hit.state}`)
  // A member who can shop is nothing to mention.
  if (hit.kind === "member") return hit.state === "active" ? "" : tt.maybe(`member.${hit.state}`)
  return t.maybe(`${hit.kind}.${hit.state}`)
}

/** What was typed when the keys came to rest. */
function useSettled(typed: string): string {
  const [settled, settle] = useState(typed)
  useEffect(() => {
    const timer = setTimeout(() => settle(typed), WAIT_MS)
    return () => clearTimeout(timer)
  }, [typed])
  return settled
}
