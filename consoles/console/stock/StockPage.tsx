/** What lies where, and how much of it can be promised. */

import type { StockRow } from "@kit/api/schema.gen"
import { Explained } from "@kit/explain"
import { Quantity } from "@kit/format"
import { type Filter, ListPage } from "@kit/list"
import type { Column } from "@kit/list/Grid"
import { useSession } from "@kit/session"
import { useGo } from "@kit/shell/go"
import { useWords } from "@kit/words"
import { Button } from "antd"
import { useMemo } from "react"
import { atpSteps } from "./atp"
import { Goods, useLocations } from "./said"
import "./stock.css"
import { words } from "./words"

export default function StockPage() {
  const t = useWords(words)
  const go = useGo()
  const { may } = useSession()
  const columns = useMemo<Column<StockRow>[]>(
    () => [
      {
        key: "goods",
        title: t("goods"),
        always: true,
        width: "minmax(280px, 2.4fr)",
        render: (one) => <Goods sku={one.sku} title={one.title} />,
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
      { key: "owner", title: t("owner"), width: "110px", hidden: true, render: (one) => one.owner },
      {
        key: "on_hand",
        title: t("onHand"),
        align: "end",
        width: "110px",
        render: (one) => <Quantity count={one.on_hand} unit={one.base_unit} />,
      },
      {
        key: "held",
        title: t("held"),
        align: "end",
        width: "90px",
        render: (one) => (one.held ? <Quantity count={one.held} /> : <span className="muted">–</span>),
      },
      {
        key: "floor",
        title: t("floor"),
        align: "end",
        width: "90px",
        hidden: true,
        render: (one) => (one.floor ? <Quantity count={one.floor} /> : <span className="muted">–</span>),
      },
      {
        key: "available",
        title: t("available"),
        align: "end",
        width: "130px",
        render: (one) => (
          <Explained title={t("whyLead")} explanation={() => ({ steps: atpSteps(t, one) })}>
            <span className={one.available < 0 ? "stock-fell" : one.available === 0 ? "muted" : ""}>
              <Quantity count={one.available} unit={one.base_unit} />
            </span>
          </Explained>
        ),
      },
    ],
    [t],
  )
  const filters = useMemo<Filter[]>(
    () => [
      { key: "location", title: t("location"), kind: "lookup", pinned: true, useOptions: useLocations },
      {
        key: "available_below",
        title: t("availability"),
        kind: "choice",
        pinned: true,
        options: [
          { value: "0", label: t("short") },
          { value: "1", label: t("out") },
          { value: "10", label: t("low") },
          { value: "50", label: t("lower") },
        ],
      },
      { key: "owner", title: t("owner"), kind: "text" },
    ],
    [t],
  )
  return (
    <ListPage
      name="stock"
      title={t("stock")}
      path="/v1/stock"
      row={(one) => `${one.location} ${one.owner} ${one.sku}`}
      open={(one) => `/stock/skus/${encodeURIComponent(one.sku)}`}
      columns={columns}
      filters={filters}
      search={{ key: "q", hint: t("find") }}
      exports="stock"
      action={
        may("inventory:write") ? (
          <>
            <Button onClick={() => go("/stock/adjust")}>{t("adjust")}</Button>
            <Button onClick={() => go("/stock/count")}>{t("count")}</Button>
            <Button type="primary" onClick={() => go("/stock/receive")}>
              {t("receive")}
            </Button>
          </>
        ) : null
      }
      empty={{
        title: t("noStock"),
        body: t("noStockBody"),
        action: <Button onClick={() => go("/stock/receive")}>{t("receive")}</Button>,
      }}
    />
  )
}
