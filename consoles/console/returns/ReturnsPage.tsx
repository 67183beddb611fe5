/** What came back, why, and where it is now. */

import { api } from "@kit/api/client"
import type { ReturnView } from "@kit/api/schema.gen"
import { Money, Time } from "@kit/format"
import { type Filter, ListPage } from "@kit/list"
import type { Column } from "@kit/list/Grid"
import { useSession } from "@kit/session"
import { Go } from "@kit/shell/go"
import { useLocale, useWords } from "@kit/words"
import { Button } from "antd"
import { useMemo, useState } from "react"
import "../orders/orders.css"
import { Named, worded } from "../orders/said"
import { trade } from "../orders/words"
import { StartReturn } from "./StartReturn"
import { words } from "./words"

export default function ReturnsPage() {
  const t = useWords(words)
  const tt = useWords(trade)
  const zh = useLocale() === "zh"
  const { may } = useSession()
  const [starting, start] = useState(false)
  const reasons = api.useQuery("get", "/v1/return-reasons", {}, { staleTime: Number.POSITIVE_INFINITY })
  const columns = useMemo<Column<ReturnView>[]>(
    () => [
      {
        key: "back",
        title: t("back"),
        always: true,
        width: "164px",
        render: (one) => <Named id={one.id} to={`/returns/${one.id}`} />,
      },
      { key: "reason", title: t("reason"), width: "150px", render: (one) => worded(tt, "reason", one.reason) },
      {
        key: "buyer",
        title: t("buyer"),
        width: "minmax(100px, 1fr)",
        render: (one) => one.buyer || <span className="muted">{t("guest")}</span>,
      },
      {
        key: "order",
        title: t("order"),
        width: "164px",
        render: (one) => <Named id={one.order} to={`/orders/${one.order}`} />,
      },
      { key: "units", title: t("units"), align: "end", width: "80px", render: (one) => one.units },
      {
        key: "refund",
        title: t("refund"),
        align: "end",
        width: "110px",
        render: (one) => <Money minor={one.refund} currency={one.currency} />,
      },
      { key: "location", title: t("location"), width: "110px", render: (one) => one.location },
      { key: "when", title: t("when"), width: "128px", render: (one) => <Time at={one.received_at} /> },
      { key: "store", title: t("store"), width: "90px", hidden: true, render: (one) => one.store },
      {
        key: "receipt",
        title: t("receipt"),
        width: "130px",
        hidden: true,
        render: (one) => <span className="mono">{one.receipt_no}</span>,
      },
    ],
    [t, tt],
  )
  const filters = useMemo<Filter[]>(
    () => [
      {
        key: "reason",
        title: t("reason"),
        kind: "choice",
        pinned: true,
        options: (reasons.data?.items ?? []).map((one) => ({ value: one.code, label: zh ? one.means_zh : one.means })),
      },
      { key: "received", title: t("when"), kind: "period", pinned: true, keys: ["received_from", "received_to"] },
      { key: "location", title: t("location"), kind: "text" },
      { key: "store", title: t("store"), kind: "text" },
      { key: "order", title: t("order"), kind: "text" },
      { key: "member", title: t("member"), kind: "text" },
    ],
    [t, zh, reasons.data],
  )
  const action = may("care:return") ? (
    <Button type="primary" onClick={() => start(true)}>
      {t("start")}
    </Button>
  ) : null
  return (
    <>
      <ListPage
        name="returns"
        title={t("title")}
        path="/v1/returns"
        row={(one) => one.id}
        open={(one) => `/returns/${one.id}`}
        columns={columns}
        filters={filters}
        exports="returns"
        action={action}
        empty={{
          title: t("none"),
          body: t("noneBody"),
          action: action ?? <Go to="/orders?status=shipped">{t("toOrders")}</Go>,
        }}
      />
      {starting ? <StartReturn close={() => start(false)} /> : null}
    </>
  )
}
