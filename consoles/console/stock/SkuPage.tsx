/** One SKU everywhere: why so much of it can be promised, where it lies, who holds it, and what moved it. */

import { RightOutlined } from "@ant-design/icons"
import { api } from "@kit/api/client"
import type { MovementView, SkuStockView } from "@kit/api/schema.gen"
import { Explain } from "@kit/explain"
import { countText, Quantity, Time } from "@kit/format"
import { type Filter, ListPage } from "@kit/list"
import type { Column } from "@kit/list/Grid"
import { RecordPage, Section } from "@kit/record"
import { Go } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useWords } from "@kit/words"
import { Tooltip } from "antd"
import { Fragment, useMemo, useState } from "react"
import { atpSteps, holderSteps } from "./atp"
import { Signed, useLocations } from "./said"
import "./stock.css"
import { words } from "./words"

export default function SkuPage() {
  const sku = usePlace("sku")
  const stock = api.useQuery("get", "/v1/stock/{sku}", { params: { path: { sku } } })
  return <Answer of={stock}>{(found) => <SkuStock found={found} />}</Answer>
}

function SkuStock({ found }: { found: SkuStockView }) {
  const t = useWords(words)
  const holders = found.places.flatMap((place) => [...place.holders])
  return (
    <RecordPage
      title={found.title}
      back={{ to: "/stock", label: t("stock") }}
      lead={<span className="mono">{found.sku}</span>}
      actions={<Go to="/stock/count">{t("count")}</Go>}
    >
      <div className="sku-top">
        <Section title={t("why", { available: countText(found.available) })}>
          <Explain steps={atpSteps(t, found, { list: holders, unlisted: found.held_unlisted })} />
        </Section>
        <Section title={t("places")}>
          <Places found={found} />
        </Section>
      </div>
      <Section title={t("movements")}>
        <Movements sku={found.sku} />
      </Section>
    </RecordPage>
  )
}

function Places({ found }: { found: SkuStockView }) {
  const t = useWords(words)
  const [opened, open] = useState<string>()
  return (
    <div className="stock-places">
      <table className="stock-table">
        <thead>
          <tr>
            <th scope="col">{t("location")}</th>
            <th scope="col">{t("owner")}</th>
            <th scope="col" className="end">
              {t("onHand")}
            </th>
            <th scope="col" className="end">
              {t("held")}
            </th>
            <th scope="col" className="end">
              {t("floor")}
            </th>
            <th scope="col" className="end">
              {t("available")}
            </th>
          </tr>
        </thead>
        <tbody>
          {found.places.map((place) => {
            const key = `${place.location} ${place.owner}`
            return (
              <Fragment key={key}>
                <tr>
                  <th scope="row">
                    <Go to={`/stock?location=${encodeURIComponent(place.location)}`}>{place.location_name}</Go>{" "}
                    <Tooltip title={t(place.mode === "strict" ? "strictMeans" : "exceptionMeans")}>
                      <span className="muted mono">{place.location}</span>
                    </Tooltip>
                  </th>
                  <td className="muted">{place.owner}</td>
                  <td className="end">
                    <Quantity count={place.on_hand} unit={place.base_unit} />
                  </td>
                  <td className="end">
                    {place.held ? (
                      <button
                        type="button"
                        className="stock-opens"
                        aria-expanded={opened === key}
                        onClick={() => open(opened === key ? undefined : key)}
                      >
                        <RightOutlined rotate={opened === key ? 90 : 0} aria-hidden="true" />{" "}
                        <Quantity count={place.held} />
                      </button>
                    ) : (
                      <span className="muted">–</span>
                    )}
                  </td>
                  <td className="end">
                    {place.floor ? <Quantity count={place.floor} /> : <span className="muted">–</span>}
                  </td>
                  <td className={`end ${place.available < 0 ? "stock-fell" : ""}`}>
                    <Quantity count={place.available} unit={place.base_unit} />
                  </td>
                </tr>
                {opened === key ? (
                  <tr className="stock-holders">
                    <td colSpan={6}>
                      <Explain
                        steps={holderSteps(
                          t,
                          place.holders,
                          place.held - place.holders.reduce((sum, one) => sum + one.held, 0),
                        )}
                      />
                    </td>
                  </tr>
                ) : null}
              </Fragment>
            )
          })}
        </tbody>
        {found.places.length > 1 ? (
          <tfoot>
            <tr>
              <th scope="row">{t("total")}</th>
              <td />
              <td className="end">
                <Quantity count={found.on_hand} unit={found.base_unit} />
              </td>
              <td className="end">
                <Quantity count={found.held} />
              </td>
              <td className="end">
                <Quantity count={found.floor} />
              </td>
              <td className="end">
                <Quantity count={found.available} unit={found.base_unit} />
              </td>
            </tr>
          </tfoot>
        ) : null}
      </table>
    </div>
  )
}

const KINDS = ["receipt", "adjustment", "count", "sale", "shipment", "return"] as const
const REASONS = [
  "purchase",
  "opening",
  "production",
  "damaged",
  "expired",
  "lost",
  "theft",
  "sample",
  "internal_use",
  "found",
  "correction",
  "cycle",
  "full",
] as const

function Movements({ sku }: { sku: string }) {
  const t = useWords(words)
  const columns = useMemo<Column<MovementView>[]>(
    () => [
      { key: "at", title: t("when"), width: "150px", render: (one) => <Time at={one.at} /> },
      {
        key: "what",
        title: t("what"),
        always: true,
        width: "minmax(180px, 1.2fr)",
        render: (one) => (
          <span>
            <Go to={`/ledger/entries/${one.entry}`}>{t(`kinds.${one.kind as (typeof KINDS)[number]}`)}</Go>
            {one.reason ? <span className="muted"> · {t.maybe(`reasons.${one.reason}`)}</span> : null}
          </span>
        ),
      },
      {
        key: "about",
        title: t("about"),
        width: "minmax(180px, 1.2fr)",
        render: (one) =>
          one.paper ? (
            <Go to={`/stock/papers/${one.paper}`}>{one.reference || one.paper}</Go>
          ) : one.order ? (
            <Go to={`/orders/${one.order}`}>{one.receipt_no || one.order}</Go>
          ) : null,
      },
      { key: "location", title: t("location"), width: "130px", render: (one) => one.location },
      { key: "owner", title: t("owner"), width: "110px", hidden: true, render: (one) => one.owner },
      { key: "actor", title: t("who"), width: "140px", hidden: true, render: (one) => one.actor },
      {
        key: "change",
        title: t("change"),
        align: "end",
        width: "100px",
        render: (one) => <Signed count={one.change} />,
      },
      {
        key: "balance",
        title: t("after"),
        align: "end",
        width: "110px",
        render: (one) => <Quantity count={one.balance} />,
      },
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
        options: KINDS.map((kind) => ({ value: kind, label: t(`kinds.${kind}`) })),
      },
      { key: "location", title: t("location"), kind: "lookup", pinned: true, useOptions: useLocations },
      { key: "period", title: t("when"), kind: "period", keys: ["since", "until"], pinned: true },
      {
        key: "reason",
        title: t("reason"),
        kind: "choice",
        options: REASONS.map((reason) => ({ value: reason, label: t(`reasons.${reason}`) })),
      },
    ],
    [t],
  )
  return (
    <ListPage
      embedded
      name="stock.movements"
      title={t("movements")}
      path="/v1/stock/movements"
      fixed={{ query: { sku } }}
      row={(one) => `${one.entry} ${one.location} ${one.owner} ${one.balance}`}
      open={(one) => `/ledger/entries/${one.entry}`}
      columns={columns}
      filters={filters}
      empty={{ title: t("noMovements"), body: t("noMovementsBody") }}
    />
  )
}
