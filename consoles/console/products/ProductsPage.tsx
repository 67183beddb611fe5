/** Everything that is described and sold: found, filtered, and worked on by the hundred. */

import { PlusOutlined, TableOutlined } from "@ant-design/icons"
import { Money, Quantity, Time } from "@kit/format"
import { type Filter, ListPage, type RowOf, useSearchState } from "@kit/list"
import type { Column } from "@kit/list/Grid"
import { useTitle } from "@kit/record"
import { useSession } from "@kit/session"
import { Go, useGo } from "@kit/shell/go"
import { useWords } from "@kit/words"
import { Button, Dropdown } from "antd"
import { useMemo, useState } from "react"
import "./products.css"
import { BulkDialog, type BulkOn } from "./BulkDialog"
import { choices, flat, type Named, trail, useAll, useBrands, useCategories } from "./catalog"
import { ACTS, type Act, ProductStatus, Thumb } from "./said"
import { words } from "./words"

type Row = RowOf<"/v1/products">
const FILTERED = ["category", "brand", "status", "channel", "q"] as const

export default function ProductsPage() {
  const t = useWords(words)
  const go = useGo()
  const { may } = useSession()
  const [search] = useSearchState()
  const { categories, tree } = useCategories()
  const brands = useBrands()
  const channels = useAll<Named>("/v1/channels", may("access:read"))
  const [acting, act] = useState<BulkOn>()
  useTitle(t("title"))
  const writes = may("catalog:write")
  const brandNames = useMemo(() => new Map(brands.map((one) => [one.code, one.name])), [brands])
  const inChannel = Boolean(search.channel)

  const columns = useMemo<Column<Row>[]>(() => {
    const shown: Column<Row>[] = [
      {
        key: "product",
        title: t("product"),
        always: true,
        width: "minmax(240px, 3fr)",
        render: (one) => (
          <span className="named">
            <Thumb title={one.title} picture={(one as { picture?: string | null }).picture} />
            <Go to={`/products/${encodeURIComponent(one.code)}`} className="cut" title={one.title}>
              {one.title}
            </Go>
          </span>
        ),
      },
      {
        key: "code",
        title: t("code"),
        width: "minmax(110px, 1fr)",
        render: (one) => <span className="mono cut">{one.code}</span>,
      },
      { key: "status", title: t("status"), width: "110px", render: (one) => <ProductStatus status={one.status} /> },
      {
        key: "category",
        title: t("category"),
        width: "minmax(130px, 1.5fr)",
        render: (one) => (
          <span className="cut" title={trail(categories, one.category).join(" › ")}>
            {trail(categories, one.category).at(-1) ?? <span className="muted">–</span>}
          </span>
        ),
      },
      {
        key: "brand",
        title: t("brand"),
        width: "minmax(110px, 1fr)",
        render: (one) =>
          one.brand ? (
            <span className="cut">{brandNames.get(one.brand) ?? one.brand}</span>
          ) : (
            <span className="muted">–</span>
          ),
      },
      { key: "skus", title: t("skus"), width: "80px", align: "end", render: (one) => <Quantity count={one.skus} /> },
      { key: "changed", title: t("changed"), width: "130px", render: (one) => <Time at={one.changed_at} /> },
    ]
    if (inChannel)
      shown.splice(
        3,
        0,
        {
          key: "price",
          title: t("price"),
          width: "110px",
          align: "end",
          render: (one) =>
            one.price ? (
              <Money minor={one.price.amount_minor} currency={one.price.currency} />
            ) : (
              <span className="muted">{t("noPrice")}</span>
            ),
        },
        {
          key: "atp",
          title: t("atp"),
          width: "90px",
          align: "end",
          render: (one) =>
            one.atp === null || one.atp === undefined ? <span className="muted">–</span> : <Quantity count={one.atp} />,
        },
      )
    return shown
  }, [t, categories, brandNames, inChannel])

  const filters = useMemo<Filter[]>(
    () => [
      {
        key: "status",
        title: t("status"),
        kind: "choice",
        pinned: true,
        options: (["draft", "audit", "published", "retired"] as const).map((value) => ({
          value,
          label: t(`statusOf.${value}`),
        })),
      },
      { key: "category", title: t("category"), kind: "choice", pinned: true, options: flat(tree) },
      {
        key: "brand",
        title: t("brand"),
        kind: "lookup",
        pinned: true,
        useOptions: (typed) => ({ options: matching(brands, typed), loading: brands.length === 0 }),
      },
      { key: "channel", title: t("channel"), kind: "choice", pinned: true, options: choices(channels) },
      {
        key: "sort",
        title: t("order"),
        kind: "choice",
        options: [
          { value: "code", label: t("byCode") },
          { value: "title", label: t("byTitle") },
          { value: "changed", label: t("byChanged") },
        ],
      },
    ],
    [t, tree, brands, channels],
  )

  const filter = Object.fromEntries(FILTERED.filter((key) => search[key]).map((key) => [key, search[key]]))
  return (
    <>
      <ListPage
        name="products"
        title={t("title")}
        path="/v1/products"
        row={(one) => one.code}
        open={(one) => `/products/${encodeURIComponent(one.code)}`}
        columns={columns}
        filters={filters}
        search={{ key: "q", hint: t("find") }}
        exports="products"
        bulk={
          writes
            ? [
                {
                  key: "grid",
                  label: (count) => t("gridCount", { count }),
                  run: (rows) =>
                    go(`/products/grid?codes=${encodeURIComponent(rows.map((one) => one.code).join(","))}`),
                },
                ...ACTS.map((one: Act) => ({
                  key: one,
                  label: () => t(`act.${one}`),
                  danger: one === "retire",
                  run: (rows: Row[]) => act({ act: one, products: rows.map((row) => row.code) }),
                })),
              ]
            : undefined
        }
        action={
          writes ? (
            <>
              <Dropdown
                trigger={["click"]}
                menu={{
                  items: ACTS.map((one) => ({ key: one, label: t(`act.${one}`), danger: one === "retire" })),
                  onClick: ({ key }) => act({ act: key as Act, filter }),
                }}
              >
                <Button>{t("everything")}</Button>
              </Dropdown>
              <Button icon={<TableOutlined />} onClick={() => go("/products/grid")}>
                {t("grid")}
              </Button>
              <Button type="primary" icon={<PlusOutlined />} onClick={() => go("/products/new")}>
                {t("new")}
              </Button>
            </>
          ) : null
        }
        empty={{
          title: t("none"),
          body: t("noneBody"),
          action: writes ? <Button onClick={() => go("/imports")}>{t("import")}</Button> : null,
        }}
      />
      {acting ? <BulkDialog on={acting} close={() => act(undefined)} /> : null}
    </>
  )
}

function matching(brands: readonly Named[], typed: string) {
  const wanted = typed.trim().toLowerCase()
  const fits = (one: Named) =>
    !wanted || one.name.toLowerCase().includes(wanted) || one.code.toLowerCase().startsWith(wanted)
  return choices(brands.filter(fits).slice(0, 100))
}
