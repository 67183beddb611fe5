/** Every parcel that left: where it is, and with what. */

import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import type { ShipmentView } from "@kit/api/schema.gen"
import { Time } from "@kit/format"
import { type Filter, ListPage } from "@kit/list"
import type { Column } from "@kit/list/Grid"
import { Status } from "@kit/record"
import { useSession } from "@kit/session"
import { Go } from "@kit/shell/go"
import { useWords } from "@kit/words"
import { App } from "antd"
import { useMemo } from "react"
import "../orders/orders.css"
import { words } from "./words"

export default function ShipmentsPage() {
  const t = useWords(words)
  const { may } = useSession()
  const { notification } = App.useApp()
  const places = api.useQuery(
    "get",
    "/v1/locations",
    { params: { query: { limit: 250 } } },
    { staleTime: 300_000, enabled: may("inventory:read") },
  )
  const columns = useMemo<Column<ShipmentView>[]>(
    () => [
      {
        key: "parcel",
        title: t("parcel"),
        always: true,
        width: "164px",
        render: (one) => (
          <Go to={`/shipments/${one.id}`} className="mono">
            {one.id}
          </Go>
        ),
      },
      {
        key: "state",
        title: t("state"),
        width: "120px",
        render: (one) => (
          <Status tone={one.delivered_at ? "good" : "busy"}>{one.delivered_at ? t("delivered") : t("underWay")}</Status>
        ),
      },
      {
        key: "carrier",
        title: t("carrier"),
        width: "100px",
        render: (one) => one.carrier || <span className="muted">–</span>,
      },
      {
        key: "tracking",
        title: t("tracking"),
        width: "150px",
        render: (one) => <span className="mono">{one.tracking_no}</span>,
      },
      {
        key: "goods",
        title: t("goods"),
        width: "minmax(140px, 1fr)",
        render: (one) => (
          <span className="cut">
            {t("units", { count: one.lines.reduce((sum, line) => sum + line.quantity, 0) })} ·{" "}
            {one.lines.map((line) => line.title).join(", ")}
          </span>
        ),
      },
      {
        key: "order",
        title: t("order"),
        width: "164px",
        render: (one) => (
          <Go to={`/orders/${one.order}`} className="mono">
            {one.order}
          </Go>
        ),
      },
      { key: "location", title: t("location"), width: "90px", render: (one) => one.location },
      { key: "sent", title: t("sent"), width: "128px", render: (one) => <Time at={one.shipped_at} /> },
    ],
    [t],
  )
  const filters = useMemo<Filter[]>(
    () => [
      {
        key: "delivered",
        title: t("state"),
        kind: "choice",
        pinned: true,
        options: [
          { value: "false", label: t("underWay") },
          { value: "true", label: t("delivered") },
        ],
      },
      { key: "shipped", title: t("period"), kind: "period", pinned: true, keys: ["shipped_from", "shipped_to"] },
      {
        key: "location",
        title: t("location"),
        kind: "choice",
        options: (places.data?.items ?? []).map((one) => ({ value: one.code, label: `${one.code} ${one.name}` })),
      },
      { key: "carrier", title: t("carrier"), kind: "text" },
      { key: "order_id", title: t("order"), kind: "text" },
    ],
    [t, places.data],
  )
  const deliver = useAct(
    (key, shipments: string[]) =>
      send(
        fetcher.POST("/v1/shipments/deliveries", {
          params: { header: { "Idempotency-Key": key } },
          body: { shipments },
        }),
      ),
    {
      refresh: ["/v1/shipments", "/v1/fulfillments", "/v1/orders"],
      then(answer) {
        const refused = answer.items.filter((one) => one.problem)
        notification[refused.length ? "warning" : "success"]({
          title: t("done", { count: answer.items.length - refused.length }),
          description: refused.length
            ? t("refused", { count: refused.length, why: refused[0]?.problem?.title ?? "" })
            : "",
        })
      },
    },
  )
  return (
    <ListPage
      name="shipments"
      title={t("shipments")}
      path="/v1/shipments"
      row={(one) => one.id}
      open={(one) => `/shipments/${one.id}`}
      columns={columns}
      filters={filters}
      exports="shipments"
      search={{ key: "tracking_no", hint: t("tracking") }}
      bulk={
        may("fulfillment:write")
          ? [
              {
                key: "deliver",
                label: (count) => t("deliver", { count }),
                run: async (rows) => void (await deliver.mutateAsync(rows.map((one) => one.id)).catch(() => undefined)),
              },
            ]
          : undefined
      }
      empty={{ title: t("shipmentsNone"), body: t("shipmentsBody"), action: <Go to="/fulfillment">{t("toBoard")}</Go> }}
    />
  )
}
