/** What payment channels told us, and what each message came to. */

import type { NoticeView } from "@kit/api/schema.gen"
import { Time } from "@kit/format"
import { type Filter, ListPage } from "@kit/list"
import type { Column } from "@kit/list/Grid"
import { Status, type Tone } from "@kit/record"
import { useWords } from "@kit/words"
import { useMemo } from "react"
import "../orders/orders.css"
import { Named } from "../orders/said"
import { trade } from "../orders/words"
import { words } from "./words"

const TONE: Record<string, Tone> = {
  captured: "good",
  refunded: "good",
  failed: "bad",
  late: "warn",
  duplicate: "warn",
  rejected: "bad",
}

export default function NoticesPage() {
  const t = useWords(words)
  const tt = useWords(trade)
  const columns = useMemo<Column<NoticeView>[]>(
    () => [
      {
        key: "notice",
        title: t("notice"),
        always: true,
        width: "164px",
        render: (one) => <span className="mono">{one.id}</span>,
      },
      {
        key: "verdict",
        title: t("verdict"),
        width: "minmax(170px, 1fr)",
        render: (one) => <Status tone={TONE[one.verdict] ?? "quiet"}>{tt.maybe(`verdict.${one.verdict}`)}</Status>,
      },
      {
        key: "detail",
        title: t("detail"),
        width: "minmax(160px, 2fr)",
        render: (one) => one.detail || <span className="muted">–</span>,
      },
      {
        key: "payment",
        title: t("payment"),
        width: "170px",
        render: (one) =>
          one.payment ? (
            <Named id={one.payment} to={`/payments/${one.payment}`} />
          ) : (
            <span className="muted">{t("unmatched")}</span>
          ),
      },
      {
        key: "event",
        title: t("event"),
        width: "minmax(150px, 1fr)",
        render: (one) => <span className="mono">{one.channel_event}</span>,
      },
      { key: "at", title: t("at"), width: "128px", render: (one) => <Time at={one.at} /> },
    ],
    [t, tt],
  )
  const filters = useMemo<Filter[]>(
    () => [
      {
        key: "verdict",
        title: t("verdict"),
        kind: "choice",
        pinned: true,
        options: (["rejected", "late", "duplicate", "failed", "captured", "refunded"] as const).map((value) => ({
          value,
          label: tt(`verdict.${value}`),
        })),
      },
      { key: "payment", title: t("payment"), kind: "text" },
    ],
    [t, tt],
  )
  return (
    <ListPage
      name="payment-notices"
      title={t("notices")}
      path="/v1/payment-notices"
      row={(one) => one.id}
      open={(one) => (one.payment ? `/payments/${one.payment}` : "/payment-notices")}
      columns={columns}
      filters={filters}
      exports="payment-notices"
      empty={{ title: t("noNotices"), body: t("noNoticesBody") }}
    />
  )
}
