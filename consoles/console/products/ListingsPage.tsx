/** Where goods are offered: every SKU in every channel and store, listed and withdrawn by the dozen. */

import { PlusOutlined } from "@ant-design/icons"
import { send, useAct } from "@kit/api/act"
import { fetcher } from "@kit/api/client"
import { Time } from "@kit/format"
import { ListPage, type RowOf, useSearchState } from "@kit/list"
import type { Column } from "@kit/list/Grid"
import { Status, useTitle } from "@kit/record"
import { useSession } from "@kit/session"
import { Go, useGo } from "@kit/shell/go"
import { useWords } from "@kit/words"
import { Button, Form, Input, Modal, Select } from "antd"
import { useState } from "react"
import "./products.css"
import { choices, type Named, useAll } from "./catalog"
import { words } from "./more.words"

type Row = RowOf<"/v1/listings">
interface Store extends Named {
  channel: string
}

export default function ListingsPage() {
  const t = useWords(words)
  const go = useGo()
  const { may } = useSession()
  const [search] = useSearchState()
  const channels = useAll<Named>("/v1/channels")
  const stores = useAll<Store>("/v1/stores")
  const [adding, add] = useState(false)
  useTitle(t("listings"))
  const put = useAct(
    (key, rows: Row[]) =>
      send(
        fetcher.PUT("/v1/listings", {
          params: { header: { "Idempotency-Key": key } } as never,
          body: {
            listings: rows.map((one) => ({
              sku: one.sku,
              channel: one.channel,
              store: one.store,
              seller: one.seller,
              owner: one.owner,
              tax_class: one.tax_class,
              listed: one.listed,
              ...(one.valid_from ? { valid_from: one.valid_from } : {}),
              ...(one.valid_to ? { valid_to: one.valid_to } : {}),
            })) as never,
          },
        }),
      ),
    {
      said: (answer) => t("done", { count: answer.changed + answer.created }),
      refresh: ["/v1/listings", "/v1/products"],
    },
  )
  const columns: Column<Row>[] = [
    {
      key: "sku",
      title: t("product"),
      always: true,
      width: "minmax(220px, 3fr)",
      render: (one) => (
        <Go to={`/products/${encodeURIComponent(one.product)}`} className="cut" title={one.title}>
          {one.title}
        </Go>
      ),
    },
    {
      key: "code",
      title: t("sku"),
      width: "minmax(120px, 1fr)",
      render: (one) => <span className="mono cut">{one.sku}</span>,
    },
    { key: "channel", title: t("channel"), width: "120px", render: (one) => one.channel },
    {
      key: "store",
      title: t("store"),
      width: "120px",
      render: (one) => one.store ?? <span className="muted">{t("everyStore")}</span>,
    },
    { key: "status", title: t("status"), width: "150px", render: (one) => <ListedWord of={one} /> },
    { key: "seller", title: t("seller"), width: "110px", render: (one) => one.seller },
    { key: "owner", title: t("owner"), width: "110px", hidden: true, render: (one) => one.owner },
    { key: "tax", title: t("taxClass"), width: "110px", render: (one) => one.tax_class },
    {
      key: "from",
      title: t("from"),
      width: "130px",
      hidden: true,
      render: (one) => (one.valid_from ? <Time at={one.valid_from} /> : null),
    },
    { key: "to", title: t("to"), width: "130px", render: (one) => (one.valid_to ? <Time at={one.valid_to} /> : null) },
  ]
  return (
    <>
      <ListPage
        name="listings"
        title={t("listings")}
        path="/v1/listings"
        row={(one) => `${one.sku} ${one.channel} ${one.store ?? ""}`}
        columns={columns}
        exports="listings"
        search={{ key: "sku", hint: t("sku") }}
        filters={[
          { key: "channel", title: t("channel"), kind: "choice", pinned: true, options: choices(channels) },
          { key: "store", title: t("store"), kind: "choice", pinned: true, options: choices(stores) },
        ]}
        bulk={
          may("catalog:write")
            ? [
                {
                  key: "withdraw",
                  danger: true,
                  label: (count) => t("withdraw", { count }),
                  run: (rows) => void put.mutate(rows.map((one) => ({ ...one, listed: false }))),
                },
                {
                  key: "relist",
                  label: (count) => t("relist", { count }),
                  run: (rows) => void put.mutate(rows.map((one) => ({ ...one, listed: true }))),
                },
              ]
            : undefined
        }
        action={
          may("catalog:write") ? (
            <>
              <Button onClick={() => go("/imports?kind=listings")}>{t("import")}</Button>
              <Button type="primary" icon={<PlusOutlined />} onClick={() => add(true)}>
                {t("add")}
              </Button>
            </>
          ) : null
        }
        empty={{ title: t("noListings"), body: t("noListingsBody") }}
      />
      {adding ? <AddDialog sku={search.sku} channels={channels} stores={stores} close={() => add(false)} /> : null}
    </>
  )
}

function ListedWord({ of }: { of: Row }) {
  const t = useWords(words)
  const now = Date.now()
  if (!of.listed) return <Status tone="quiet">{t("withdrawn")}</Status>
  if (of.valid_from && Date.parse(of.valid_from) > now)
    return <Status tone="warn">{t("notYet", { at: new Date(of.valid_from).toLocaleDateString() })}</Status>
  if (of.valid_to && Date.parse(of.valid_to) <= now) return <Status tone="quiet">{t("over")}</Status>
  return <Status tone="good">{t("listed")}</Status>
}

interface Offer {
  skus: string
  channel: string
  store?: string
  seller: string
  tax_class: string
}

function AddDialog(props: { sku?: string; channels: Named[]; stores: Store[]; close: () => void }) {
  const t = useWords(words)
  const [form] = Form.useForm<Offer>()
  const sellers = useAll<Named>("/v1/sellers")
  const channel = Form.useWatch("channel", form)
  const typed = Form.useWatch("skus", form) ?? ""
  const skus = [...new Set(typed.split(/[\s,;]+/).filter(Boolean))]
  const put = useAct(
    (_key, offer: Offer) =>
      send(
        fetcher.PUT("/v1/listings", {
          body: {
            listings: skus.map((sku) => ({
              sku,
              channel: offer.channel,
              store: offer.store ?? null,
              seller: offer.seller,
              tax_class: offer.tax_class.trim(),
            })) as never,
          },
        }),
      ),
    {
      said: (answer) => t("done", { count: answer.changed + answer.created }),
      refresh: ["/v1/listings", "/v1/products"],
      then: props.close,
    },
  )
  const needed = [{ required: true, message: t("required") }]
  return (
    <Modal
      open
      title={t("addTitle")}
      onCancel={props.close}
      okText={t("addNow", { count: skus.length })}
      okButtonProps={{ disabled: skus.length === 0, loading: put.isPending }}
      cancelText={t("cancel")}
      onOk={() => form.submit()}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ skus: props.sku }}
        onFinish={(offer) => put.mutate(offer)}
      >
        <Form.Item name="skus" label={t("skus")} extra={t("skusHelp")} rules={needed}>
          <Input.TextArea autoFocus className="mono" autoSize={{ minRows: 2, maxRows: 8 }} />
        </Form.Item>
        <Form.Item name="channel" label={t("channel")} rules={needed}>
          <Select options={choices(props.channels)} onChange={() => form.setFieldValue("store", undefined)} />
        </Form.Item>
        <Form.Item name="store" label={t("store")}>
          <Select
            allowClear
            placeholder={t("everyStore")}
            options={choices(props.stores.filter((one) => one.channel === channel))}
            showSearch={{ optionFilterProp: "label" }}
          />
        </Form.Item>
        <Form.Item name="seller" label={t("seller")} rules={needed}>
          <Select options={choices(sellers)} />
        </Form.Item>
        <Form.Item name="tax_class" label={t("taxClass")} rules={needed}>
          <Input maxLength={32} />
        </Form.Item>
      </Form>
    </Modal>
  )
}
