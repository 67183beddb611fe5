/** Writing a product down, or changing it; a save that meets somebody else's is laid side by side with it. */

import { DeleteOutlined, PlusOutlined } from "@ant-design/icons"
import { send, useAct } from "@kit/api/act"
import { fetcher } from "@kit/api/client"
import { PageForm, QuantityInput } from "@kit/form"
import { RecordPage, Section } from "@kit/record"
import { useGo } from "@kit/shell/go"
import { Conflict } from "@kit/states"
import { useWords } from "@kit/words"
import { Button, Checkbox, Form, Input, Select, TreeSelect } from "antd"
import { useRef, useState } from "react"
import "./products.css"
import { choices, useBrands, useCategories } from "./catalog"
import { bodyOf, differing, type Fields, fieldsOf, type Shown } from "./form"
import { words } from "./words"

const CODE = /^[^\s/]{1,64}$/

export function ProductForm({ product }: { product?: Shown }) {
  const t = useWords(words)
  const go = useGo()
  const [form] = Form.useForm<Fields>()
  const { tree } = useCategories()
  const brands = useBrands()
  const revision = useRef(product?.revision)
  const [theirs, setTheirs] = useState<Shown>()
  const place = (code: string) => `/products/${encodeURIComponent(code)}`

  const save = useAct(
    (_key, fields: Fields) =>
      send(
        fetcher.PUT("/v1/products/{code}", {
          params: {
            path: { code: product?.code ?? fields.code.trim() },
            header: revision.current ? { "If-Match": `"${revision.current}"` } : {},
          },
          body: bodyOf(fields),
        }),
      ),
    {
      said: t("saved"),
      refresh: ["/v1/products", "/v1/brands"],
      form,
      then: (answer) => go(place(answer.code)),
      refused: (problem) => {
        if (problem.status !== 412 || !product) return false
        void send(
          fetcher.GET("/v1/products/{code}", { params: { path: { code: product.code } }, cache: "no-store" }),
        ).then(setTheirs)
        return true
      },
    },
  )

  const named: Record<string, string> = {
    title: t("name"),
    description: t("description"),
    category: t("category"),
    brand: t("brand"),
    attributes: t("attributes"),
    skus: t("sku"),
  }
  return (
    <RecordPage
      title={product ? t("editing", { title: product.title }) : t("creating")}
      back={product ? { to: place(product.code), label: product.title } : { to: "/products", label: t("back") }}
    >
      <PageForm<Fields>
        form={form}
        className="form-narrow"
        initialValues={
          product ? fieldsOf(product) : { skus: [{ code: "", base_unit: "piece", pack_size: 1, active: true }] }
        }
        onFinish={(fields) => save.mutateAsync(fields).catch(() => undefined)}
      >
        <Section title={t("basics")}>
          {product ? null : (
            <Form.Item
              name="code"
              label={t("code")}
              extra={t("codeHelp")}
              rules={[
                { required: true, message: t("required") },
                { pattern: CODE, message: t("badCode") },
              ]}
            >
              <Input autoFocus className="mono" maxLength={64} style={{ width: 280 }} />
            </Form.Item>
          )}
          <Form.Item
            name="title"
            label={t("name")}
            rules={[{ required: true, whitespace: true, message: t("required") }]}
          >
            <Input maxLength={300} autoFocus={Boolean(product)} />
          </Form.Item>
          <div className="sku-fields">
            <Form.Item name="category" label={t("category")}>
              <TreeSelect treeData={tree} allowClear showSearch={{ treeNodeFilterProp: "title" }} />
            </Form.Item>
            <Form.Item name="brand" label={t("brand")}>
              <Select options={choices(brands)} allowClear showSearch={{ optionFilterProp: "label" }} />
            </Form.Item>
          </div>
          <Form.Item name="description" label={t("description")}>
            <Input.TextArea autoSize={{ minRows: 3, maxRows: 12 }} maxLength={20_000} />
          </Form.Item>
          <Attributes name="attributes" />
        </Section>
        <Section title={t("sku")}>
          <p className="muted">{t("skusHelp")}</p>
          <Form.List name="skus">
            {(skus, { add, remove }) => (
              <>
                {skus.map(({ key, name }) => {
                  const kept =
                    product?.skus[name]?.code === form.getFieldValue(["skus", name, "code"]) &&
                    Boolean(product?.skus[name])
                  return (
                    <div key={key} className="sku-card">
                      <div className="sku-fields">
                        <Form.Item
                          name={[name, "code"]}
                          label={t("code")}
                          rules={[
                            { required: true, message: t("required") },
                            { pattern: CODE, message: t("badCode") },
                          ]}
                        >
                          <Input className="mono" maxLength={64} disabled={kept} />
                        </Form.Item>
                        <Form.Item name={[name, "gtins"]} label={t("barcodes")} tooltip={t("barcodesHelp")}>
                          <Input className="mono" inputMode="numeric" />
                        </Form.Item>
                        <Form.Item name={[name, "title"]} label={t("skuTitle")}>
                          <Input maxLength={300} />
                        </Form.Item>
                        <Form.Item name={[name, "base_unit"]} label={t("unit")}>
                          <Input maxLength={16} />
                        </Form.Item>
                        <Form.Item name={[name, "pack_size"]} label={t("pack")}>
                          <QuantityInput min={1} />
                        </Form.Item>
                        <Form.Item name={[name, "weight_g"]} label={t("weightG")}>
                          <QuantityInput min={0} />
                        </Form.Item>
                      </div>
                      <Attributes name={[name, "attributes"]} />
                      <Form.Item name={[name, "active"]} valuePropName="checked">
                        <Checkbox>{t("active")}</Checkbox>
                      </Form.Item>
                      {kept ? null : (
                        <Button type="text" size="small" icon={<DeleteOutlined />} onClick={() => remove(name)}>
                          {t("removeSku")}
                        </Button>
                      )}
                    </div>
                  )
                })}
                <Button
                  icon={<PlusOutlined />}
                  onClick={() => add({ code: "", base_unit: "piece", pack_size: 1, active: true })}
                >
                  {t("addSku")}
                </Button>
              </>
            )}
          </Form.List>
        </Section>
        <div className="form-actions">
          <Button type="primary" htmlType="submit" loading={save.isPending}>
            {product ? t("save") : t("create")} <kbd>Ctrl S</kbd>
          </Button>
          <Button onClick={() => go(product ? place(product.code) : "/products")}>{t("cancel")}</Button>
        </div>
      </PageForm>
      {theirs ? (
        <Conflict
          open
          differences={differing(form.getFieldsValue(true) as Fields, fieldsOf(theirs)).map((one) => ({
            ...one,
            field: named[one.field] ?? one.field,
          }))}
          keepMine={() => {
            revision.current = theirs.revision
            setTheirs(undefined)
            save.mutate(form.getFieldsValue(true) as Fields)
          }}
          takeTheirs={() => {
            revision.current = theirs.revision
            form.setFieldsValue(fieldsOf(theirs))
            setTheirs(undefined)
          }}
        />
      ) : null}
    </RecordPage>
  )
}

function Attributes({ name }: { name: string | (string | number)[] }) {
  const t = useWords(words)
  return (
    <Form.List name={name}>
      {(pairs, { add, remove }) => (
        <Form.Item label={pairs.length ? t("attributes") : undefined}>
          {pairs.map(({ key, name: at }) => (
            <div key={key} style={{ display: "flex", gap: 8, marginBottom: 6 }}>
              <Form.Item name={[at, "name"]} noStyle>
                <Input
                  placeholder={t("attributeName")}
                  aria-label={t("attributeName")}
                  maxLength={64}
                  style={{ width: 180 }}
                />
              </Form.Item>
              <Form.Item name={[at, "value"]} noStyle>
                <Input placeholder={t("attributeValue")} aria-label={t("attributeValue")} style={{ maxWidth: 320 }} />
              </Form.Item>
              <Button type="text" icon={<DeleteOutlined />} aria-label="×" onClick={() => remove(at)} />
            </div>
          ))}
          <Button type="dashed" size="small" icon={<PlusOutlined />} onClick={() => add({ name: "", value: "" })}>
            {t("addAttribute")}
          </Button>
        </Form.Item>
      )}
    </Form.List>
  )
}
