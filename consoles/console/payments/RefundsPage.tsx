/** All money on its way back, and what of it has to be sent again. */

import { send } from "@kit/api/act"
import { fetcher, idempotencyKey, problemOf } from "@kit/api/client"
import type { RefundView } from "@kit/api/schema.gen"
import { Money, Time } from "@kit/format"
import { type Filter, ListPage } from "@kit/list"
import type { Column } from "@kit/list/Grid"
import { useSession } from "@kit/session"
import { useWords } from "@kit/words"
import { useQueryClient } from "@tanstack/react-query"
import { App } from "antd"
import { useMemo } from "react"
import "../orders/orders.css"
import { Named, RefundState, worded } from "../orders/said"
import { trade } from "../orders/words"
import { words } from "./words"

export default function RefundsPage() {
  const t = useWords(words)
  const tt = useWords(trade)
  const { may } = useSession()
  const { message } = App.useApp()
  const client = useQueryClient()
  const columns = useMemo<Column<RefundView>[]>(
    () => [
      {
        key: "refund",
        title: t("refund"),
        always: true,
        width: "164px",
        render: (one) => <Named id={one.id} to={`/refunds/${one.id}`} />,
      },
      { key: "state", title: t("state"), width: "170px", render: (one) => <RefundState state={one.state} /> },
      {
        key: "amount",
        title: t("amount"),
        align: "end",
        width: "110px",
        render: (one) => <Money minor={one.amount} currency={one.currency} />,
      },
      { key: "method", title: t("method"), width: "90px", render: (one) => worded(tt, "method", one.method) },
      {
        key: "reason",
        title: t("reason"),
        width: "minmax(120px, 1fr)",
        render: (one) => worded(tt, "reason", one.reason),
      },
      {
        key: "order",
        title: t("order"),
        width: "164px",
        render: (one) => <Named id={one.order} to={`/orders/${one.order}`} />,
      },
      {
        key: "payment",
        title: t("payment"),
        width: "164px",
        render: (one) => <Named id={one.payment} to={`/payments/${one.payment}`} />,
      },
      { key: "requested", title: t("requested"), width: "128px", render: (one) => <Time at={one.requested_at} /> },
      {
        key: "settled",
        title: t("settled"),
        width: "128px",
        hidden: true,
        render: (one) => (one.settled_at ? <Time at={one.settled_at} /> : null),
      },
    ],
    [t, tt],
  )
  const filters = useMemo<Filter[]>(
    () => [
      {
        key: "state",
        title: t("state"),
        kind: "choice",
        pinned: true,
        options: (["requested", "sent", "done", "failed"] as const).map((value) => ({
          value,
          label: tt(`refund.${value}`),
        })),
      },
      {
        key: "method",
        title: t("method"),
        kind: "choice",
        pinned: true,
        options: (["cash", "card", "qr"] as const).map((value) => ({ value, label: tt(`method.${value}`) })),
      },
      {
        key: "requested",
        title: t("requested"),
        kind: "period",
        pinned: true,
        keys: ["requested_from", "requested_to"],
      },
      { key: "order", title: t("order"), kind: "text" },
      { key: "payment", title: t("payment"), kind: "text" },
    ],
    [t, tt],
  )

  async function retry(rows: RefundView[]) {
    const outcomes = await Promise.all(
      rows.map(async (one) => {
        try {
          const header = { "Idempotency-Key": idempotencyKey() }
          await send(fetcher.POST("/v1/refunds/{refund_id}/retry", { params: { path: { refund_id: one.id }, header } }))
          return true
        } catch (thrown) {
          if (!problemOf(thrown)) throw thrown
          return false
        }
      }),
    )
    const done = outcomes.filter(Boolean).length
    message.info(t("retriedMany", { done, refused: outcomes.length - done }))
    await client.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[1]).startsWith("/v1/refunds") })
  }

  return (
    <ListPage
      name="refunds"
      title={t("refunds")}
      path="/v1/refunds"
      row={(one) => one.id}
      open={(one) => `/refunds/${one.id}`}
      columns={columns}
      filters={filters}
      exports="refunds"
      bulk={
        may("payment:refund") ? [{ key: "retry", label: (count) => t("retryMany", { count }), run: retry }] : undefined
      }
      empty={{ title: t("noRefunds"), body: t("noRefundsBody") }}
    />
  )
}
