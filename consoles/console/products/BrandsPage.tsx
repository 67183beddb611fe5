/** Brands: found, named, renamed. */

import { PlusOutlined } from "@ant-design/icons"
import { send, useAct } from "@kit/api/act"
import { fetcher } from "@kit/api/client"
import { Grid } from "@kit/list"
import { useTitle } from "@kit/record"
import { useSession } from "@kit/session"
import { Go } from "@kit/shell/go"
import { Empty } from "@kit/states"
import { useWords } from "@kit/words"
import { Button, Form, Input, Modal } from "antd"
import { useMemo, useState } from "react"
import "./products.css"
import { type Named, useBrands, useBrandsWaiting } from "./catalog"
import { words } from "./more.words"

const CODE = /^[^\s/]{1,64}$/

export default function BrandsPage() {
  const t = useWords(words)
  const { may } = useSession()
  const brands = useBrands()
  const waiting = useBrandsWaiting()
  const [wanted, want] = useState("")
  const [editing, edit] = useState<Named>()
  useTitle(t("brands"))
  const writes = may("catalog:write")
  const rows = useMemo(() => {
    const typed = wanted.trim().toLowerCase()
    return brands.filter(
      (one) => !typed || one.name.toLowerCase().includes(typed) || one.code.toLowerCase().includes(typed),
    )
  }, [brands, wanted])
  return (
    <section className="list" aria-label={t("brands")}>
      <header className="list-title">
        <h1>{t("brands")}</h1>
        {writes ? (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => edit({ code: "", name: "" })}>
            {t("newBrand")}
          </Button>
        ) : null}
      </header>
      <div className="list-tools">
        <Input
          className="list-search"
          allowClear
          placeholder={t("findBrand")}
          aria-label={t("findBrand")}
          value={wanted}
          onChange={(event) => want(event.target.value)}
        />
      </div>
      {rows.length === 0 && !wanted && !waiting ? (
        <Empty title={t("noBrands")} body={t("noBrandsBody")} />
      ) : (
        <Grid<Named>
          label={t("brands")}
          columns={[
            {
              key: "name",
              title: t("name"),
              width: "minmax(220px, 2fr)",
              render: (one) => <span className="cut">{one.name}</span>,
            },
            {
              key: "code",
              title: t("code"),
              width: "minmax(140px, 1fr)",
              render: (one) => <span className="mono cut">{one.code}</span>,
            },
            {
              key: "products",
              title: t("product"),
              width: "140px",
              render: (one) => <Go to={`/products?brand=${encodeURIComponent(one.code)}`}>{t("products")}</Go>,
            },
          ]}
          rows={rows}
          rowKey={(one) => one.code}
          more={false}
          loading={waiting}
          onMore={() => undefined}
          onOpen={writes ? edit : undefined}
        />
      )}
      <footer className="list-foot muted">{t("count", { count: rows.length })}</footer>
      {editing ? <BrandDialog brand={editing} close={() => edit(undefined)} /> : null}
    </section>
  )
}

function BrandDialog({ brand, close }: { brand: Named; close: () => void }) {
  const t = useWords(words)
  const [form] = Form.useForm<Named>()
  const put = useAct(
    (_key, one: Named) =>
      send(fetcher.PUT("/v1/brands/{code}", { params: { path: { code: one.code } }, body: { name: one.name } })),
    { said: t("saved"), refresh: ["/v1/brands", "/v1/products"], form, then: close },
  )
  const needed = [{ required: true, whitespace: true, message: t("required") }]
  return (
    <Modal
      open
      title={brand.code ? t("editBrand", { name: brand.name }) : t("newBrand")}
      onCancel={close}
      okText={t("save")}
      cancelText={t("cancel")}
      okButtonProps={{ loading: put.isPending }}
      onOk={() => form.submit()}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={brand}
        onFinish={(one) => put.mutate(one)}
      >
        <Form.Item name="code" label={t("code")} rules={[...needed, { pattern: CODE, message: t("badCode") }]}>
          <Input className="mono" disabled={Boolean(brand.code)} autoFocus={!brand.code} maxLength={64} />
        </Form.Item>
        <Form.Item name="name" label={t("name")} rules={needed}>
          <Input autoFocus={Boolean(brand.code)} maxLength={300} />
        </Form.Item>
      </Form>
    </Modal>
  )
}
