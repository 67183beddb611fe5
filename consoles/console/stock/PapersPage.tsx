/** Receipts, adjustments and counts, as they were written. */

import type { PaperView } from "@kit/api/schema.gen"
import { Time } from "@kit/format"
import { type Filter, ListPage } from "@kit/list"
import type { Column } from "@kit/list/Grid"
import { useWords } from "@kit/words"
import { useMemo } from "react"
import { Signed, useLocations } from "./said"
import "./stock.css"
import { words } from "./words"

export default function PapersPage() {
  const t = useWords(words)
  const columns = useMemo<Column<PaperView>[]>(
    () => [
      {
        key: "paper",
        title: t("paper"),
        always: true,
        width: "minmax(220px, 1.4fr)",
        render: (one) => (
          <span>
            {t(`kinds.${one.kind}`)}{" "}
            <span className="muted">· {one.reference || t.maybe(`reasons.${one.reason}`)}</span>
          </span>
        ),
      },
      {
        key: "location",
        title: t("location"),
        width: "minmax(150px, 1fr)",
        render: (one) => (
          <span>
            {one.location_name} <span className="muted mono">{one.location}</span>
          </span>
        ),
      },
      { key: "reason", title: t("reason"), width: "150px", render: (one) => t.maybe(`reasons.${one.reason}`) },
      {
        key: "lines",
        title: t("lines"),
        align: "end",
        width: "80px",
        render: (one) => <span className="num">{one.lines}</span>,
      },
      {
        key: "more",
        title: t("more"),
        align: "end",
        width: "110px",
        render: (one) => (one.more ? <Signed count={one.more} /> : <span className="muted">–</span>),
      },
      {
        key: "less",
        title: t("less"),
        align: "end",
        width: "110px",
        render: (one) => (one.less ? <Signed count={-one.less} /> : <span className="muted">–</span>),
      },
      { key: "actor", title: t("who"), width: "150px", render: (one) => <span className="muted">{one.actor}</span> },
      { key: "at", title: t("when"), width: "150px", render: (one) => <Time at={one.at} /> },
    ],
    [t],
  )
  const filters = useMemo<Filter[]>(
    () => [
      {
        key: "kind",
        title: t("kind"),
        kind: "choice",
        pinned: true,
        options: (["receipt", "adjustment", "count"] as const).map((kind) => ({
          value: kind,
          label: t(`kinds.${kind}`),
        })),
      },
      { key: "location", title: t("location"), kind: "lookup", pinned: true, useOptions: useLocations },
      { key: "period", title: t("when"), kind: "period", keys: ["since", "until"], pinned: true },
    ],
    [t],
  )
  return (
    <ListPage
      name="stock.papers"
      title={t("papers")}
      path="/v1/stock/papers"
      row={(one) => one.id}
      open={(one) => `/stock/papers/${one.id}`}
      columns={columns}
      filters={filters}
      search={{ key: "reference", hint: t("findReference") }}
      empty={{ title: t("noPapers"), body: t("noPapersBody") }}
    />
  )
}
