/** All money customers laid down, and what of it wants a look. */

import type { PaymentRowView } from "@kit/api/schema.gen"
import { amountText, Money, Time } from "@kit/format"
import { type Filter, ListPage } from "@kit/list"
import type { Column } from "@kit/list/Grid"
import { useWords } from "@kit/words"
import { useMemo } from "react"
import "../orders/orders.css"
import { Named, PaymentState, worded } from "../orders/said"
import { trade } from "../orders/words"
import { Alerts } from "./alerts"
import { words } from "./words"

export default function PaymentsPage() {
  const t = useWords(words)
  const tt = useWords(trade)
  const columns = useMemo<Column<PaymentRowView>[]>(
    () => [
      {
        key: "payment",
        title: t("payment"),
        always: true,
        width: "164px",
        render: (one) => <Named id={one.id} to={`/payments/${one.id}`} />,
      },
      { key: "state", title: t("state"), width: "170px", render: (one) => <PaymentState state={one.state} /> },
      { key: "method", title: t("method"), width: "90px", render: (one) => worded(tt, "method", one.method) },
      {
        key: "amount",
        title: t("amount"),
        align: "end",
        width: "110px",
        render: (one) => <Money minor={one.amount} currency={one.currency} />,
      },
      {
        key: "refunded",
        title: t("refunded"),
        align: "end",
        width: "100px",
        render: (one) => (one.refunded ? amountText(-one.refunded, one.currency) : <span className="muted">–</span>),
      },
      {
        key: "alerts",
        title: t("alerts"),
        width: "minmax(110px, 1fr)",
        render: (one) => <Alerts alerts={one.alerts} />,
      },
      {
        key: "buyer",
        title: t("buyer"),
        width: "minmax(100px, 1fr)",
        render: (one) => one.buyer || <span className="muted">{t("nobody")}</span>,
      },
      {
        key: "order",
        title: t("order"),
        width: "164px",
        render: (one) => <Named id={one.order} to={`/orders/${one.order}`} />,
      },
      { key: "started", title: t("started"), width: "128px", render: (one) => <Time at={one.started_at} /> },
      {
        key: "settled",
        title: t("settled"),
        width: "128px",
        hidden: true,
        render: (one) => (one.settled_at ? <Time at={one.settled_at} /> : null),
      },
      { key: "store", title: t("store"), width: "90px", hidden: true, render: (one) => one.store },
      {
        key: "ref",
        title: t("channelRef"),
        width: "200px",
        hidden: true,
        render: (one) => <span className="mono">{one.channel_ref}</span>,
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
        options: (["started", "captured", "failed", "canceled", "late"] as const).map((value) => ({
          value,
          label: tt(`payment.${value}`),
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
        key: "alert",
        title: t("alerts"),
        kind: "choice",
        pinned: true,
        options: (["late", "duplicate", "rejected"] as const).map((value) => ({
          value,
          label: t(`sortAlert.${value}`),
        })),
      },
      { key: "started", title: t("period"), kind: "period", keys: ["started_from", "started_to"] },
      { key: "order", title: t("order"), kind: "text" },
    ],
    [t, tt],
  )
  return (
    <ListPage
      name="payments"
      title={t("payments")}
      path="/v1/payments"
      row={(one) => one.id}
      open={(one) => `/payments/${one.id}`}
      columns={columns}
      filters={filters}
      exports="payments"
      empty={{ title: t("none"), body: t("noneBody") }}
    />
  )
}
