/** Every sale, however it came about: found, filtered, counted, and worked on by the dozen. */

import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import type { OrderRowView } from "@kit/api/schema.gen"
import { Money, Time } from "@kit/format"
import { type Filter, ListPage, useSearchState } from "@kit/list"
import type { Column } from "@kit/list/Grid"
import { useSession } from "@kit/session"
import { useWords } from "@kit/words"
import { App } from "antd"
import { useMemo } from "react"
import "./orders.css"
import { useState } from "react"
import { CancelMany } from "./CancelMany"
import { Named, OrderStatus, worded } from "./said"
import { trade, words } from "./words"

const STATUSES = ["placed", "paid", "partly_shipped", "shipped", "returned", "canceled", "expired"] as const

export default function OrdersPage() {
  const t = useWords(words)
  const tt = useWords(trade)
  const { may } = useSession()
  const { notification } = App.useApp()
  const channels = api.useQuery("get", "/v1/channels", {}, { staleTime: 300_000 })
  const stores = api.useQuery("get", "/v1/stores", { params: { query: { limit: 250 } } }, { staleTime: 300_000 })
  const currency = channels.data?.items[0]?.currency ?? "USD"
  const [canceling, cancel] = useState<OrderRowView[]>([])

  const columns = useMemo<Column<OrderRowView>[]>(
    () => [
      {
        key: "order",
        title: t("order"),
        always: true,
        width: "160px",
        render: (one) => <Named id={one.id} to={`/orders/${one.id}`} />,
      },
      { key: "status", title: t("status"), width: "136px", render: (one) => <OrderStatus status={one.status} /> },
      {
        key: "buyer",
        title: t("buyer"),
        width: "minmax(90px, 1fr)",
        render: (one) => one.buyer || <span className="muted">{tt("guest")}</span>,
      },
      {
        key: "goods",
        title: t("goods"),
        width: "minmax(120px, 2fr)",
        render: (one) => (
          <span className="cut" title={one.first_title}>
            {one.lines > 1 ? t("more", { title: one.first_title, count: one.lines - 1 }) : one.first_title}
          </span>
        ),
      },
      { key: "progress", title: t("progress"), width: "88px", align: "end", render: (one) => <Progress of={one} /> },
      {
        key: "total",
        title: t("total"),
        align: "end",
        width: "94px",
        render: (one) => <Money minor={one.total} currency={one.currency} />,
      },
      {
        key: "paid",
        title: t("paid"),
        align: "end",
        width: "94px",
        render: (one) => (
          <Money minor={one.paid - one.refunded} currency={one.currency} className={one.refunded ? "off" : ""} />
        ),
      },
      {
        key: "refunded",
        title: t("refunded"),
        align: "end",
        width: "110px",
        hidden: true,
        render: (one) =>
          one.refunded ? <Money minor={one.refunded} currency={one.currency} /> : <span className="muted">–</span>,
      },
      {
        key: "placed",
        title: t("placed"),
        width: "128px",
        render: (one) => (
          <span>
            <Time at={one.placed_at} />
          </span>
        ),
      },
      {
        key: "channel",
        title: t("channel"),
        width: "84px",
        render: (one) => one.store ?? one.channel,
      },
      {
        key: "receipt",
        title: t("receipt"),
        width: "130px",
        hidden: true,
        render: (one) => <span className="mono">{one.receipt_no}</span>,
      },
      {
        key: "scene",
        title: t("channel"),
        width: "120px",
        hidden: true,
        render: (one) => worded(tt, "scene", one.scene),
      },
    ],
    [t, tt],
  )

  const filters = useMemo<Filter[]>(
    () => [
      {
        key: "status",
        title: t("status"),
        kind: "choice",
        quiet: true,
        options: STATUSES.map((value) => ({ value, label: tt(`status.${value}`) })),
      },
      {
        key: "channel",
        title: t("channel"),
        kind: "choice",
        pinned: true,
        options: (channels.data?.items ?? []).map((one) => ({ value: one.code, label: one.name })),
      },
      { key: "placed", title: t("period"), kind: "period", pinned: true, keys: ["placed_from", "placed_to"] },
      {
        key: "store",
        title: t("store"),
        kind: "choice",
        options: (stores.data?.items ?? []).map((one) => ({ value: one.code, label: `${one.code} ${one.name}` })),
      },
      { key: "phone", title: t("phone"), kind: "text", placeholder: t("phoneHint") },
      { key: "sku", title: t("sku"), kind: "text" },
      { key: "receipt", title: t("receipt"), kind: "text" },
      { key: "total_from", title: t("totalFrom"), kind: "amount", currency },
      { key: "total_to", title: t("totalTo"), kind: "amount", currency },
      { key: "member", title: t("member"), kind: "text" },
    ],
    [t, tt, channels.data, stores.data, currency],
  )

  const release = useAct(
    (key, orders: string[]) =>
      send(
        fetcher.POST("/v1/fulfillments/releases", { params: { header: { "Idempotency-Key": key } }, body: { orders } }),
      ),
    {
      refresh: ["/v1/orders", "/v1/fulfillments"],
      then(answer) {
        const refused = answer.items.filter((one) => one.problem)
        const done = answer.items.length - refused.length
        if (refused.length)
          notification.warning({
            title: done ? t("released", { count: done }) : "",
            description: t("notReleased", { count: refused.length, why: refused[0]?.problem?.title ?? "" }),
          })
        else notification.success({ title: t("released", { count: done }), description: "" })
      },
    },
  )

  return (
    <>
      <ListPage
        name="orders"
        title={t("title")}
        path="/v1/orders"
        row={(one) => one.id}
        open={(one) => `/orders/${one.id}`}
        columns={columns}
        filters={filters}
        search={{ key: "q", hint: t("find") }}
        above={<StatusTabs />}
        exports="orders"
        bulk={[
          ...(may("fulfillment:write")
            ? [
                {
                  key: "release",
                  label: (count: number) => t("release", { count }),
                  run: async (rows: OrderRowView[]) =>
                    void (await release.mutateAsync(rows.map((one) => one.id)).catch(() => undefined)),
                },
              ]
            : []),
          ...(may("order:cancel")
            ? [
                {
                  key: "cancel",
                  danger: true,
                  label: (count: number) => t("cancelMany", { count }),
                  run: (rows: OrderRowView[]) => cancel(rows),
                },
              ]
            : []),
        ]}
        empty={{ title: t("none"), body: t("noneBody") }}
      />
      <CancelMany orders={canceling} done={() => cancel([])} />
    </>
  )
}

/** How far the goods are: shipped of what is still wanted. */
export function Progress({
  of,
}: {
  of: Pick<OrderRowView, "units" | "units_shipped" | "units_canceled" | "units_returned">
}) {
  const wanted = of.units - of.units_canceled
  const share = wanted ? Math.round((of.units_shipped * 100) / wanted) : 0
  return (
    <span className="progress num">
      {of.units_shipped}/{wanted}
      <i aria-hidden="true">
        <b style={{ width: `${share}%` }} />
      </i>
    </span>
  )
}

/** The list's states, each with how many there are under the other filters. */
function StatusTabs() {
  const t = useWords(words)
  const tt = useWords(trade)
  const [search, change] = useSearchState()
  const { status, sort, ...others } = search
  const counts = api.useQuery(
    "get",
    "/v1/orders/counts",
    { params: { query: others as never } },
    { placeholderData: (before: unknown) => before as never, staleTime: 10_000 },
  )
  const of = new Map(counts.data?.items.map((one) => [one.status, one.capped ? `${one.count}+` : String(one.count)]))
  return (
    <div className="tabs" role="tablist" aria-label={t("status")}>
      {["", ...STATUSES].map((one) => (
        <button
          key={one}
          type="button"
          role="tab"
          aria-selected={(status ?? "") === one}
          onClick={() => change({ status: one || undefined })}
        >
          {one ? tt.maybe(`status.${one}`) : t("all")}
          {one && of.has(one) ? <span className="tab-count num">{of.get(one)}</span> : null}
        </button>
      ))}
    </div>
  )
}
