/** A presale as it is to be: what buyers are told stands above the form and changes as one types. */

import { DeleteOutlined, PlusOutlined } from "@ant-design/icons"
import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import type { components } from "@kit/api/schema.gen"
import { MoneyInput, PageForm, QuantityInput } from "@kit/form"
import { moneyText } from "@kit/format"
import { RecordPage, Section } from "@kit/record"
import { useGo } from "@kit/shell/go"
import { useLocale, useWords } from "@kit/words"
import { Button, Checkbox, DatePicker, Form, Input, Radio, Select } from "antd"
import type { Dayjs } from "dayjs"
import { choices } from "../../products/catalog"
import { at, Funders, fundersOf, percentsOf, type SharedFields, span, useNeeded, WhatItIs } from "./fields"
import { Acts, StandingOf } from "./Standing"
import "./bought.css"
import { words } from "./words"

type Shown = components["schemas"]["PresaleView"]
type Presale = components["schemas"]["Presale"]

interface ItemField {
  sku: string
  price_minor: number
  deposit_minor: number
  counts_minor?: number | null
  quota: number
}

interface Fields extends SharedFields {
  deposit: "earnest" | "prepayment"
  deposits: [Dayjs, Dayjs]
  balances: [Dayjs, Dayjs]
  ships_by: Dayjs
  items: ItemField[]
  withdrawal: "keep" | "return"
  full_payment: boolean
  coupons: boolean
  price_protection: boolean
  supply?: string
}

export function PresaleEditor({ shown }: { shown?: Shown }) {
  const t = useWords(words)
  const locale = useLocale()
  const go = useGo()
  const needed = useNeeded()
  const [form] = Form.useForm<Fields>()
  const typed = Form.useWatch([], form) as Partial<Fields> | undefined
  const locations = api.useQuery("get", "/v1/locations", { params: { query: { limit: 250 } } })
  const save = useAct(
    (_key, one: Fields) =>
      send(
        fetcher.PUT("/v1/presales/{code}", { params: { path: { code: shown?.code ?? one.code } }, body: bodyOf(one) }),
      ),
    {
      said: t("saved"),
      refresh: ["/v1/presales", "/v1/plays"],
      form,
      then: (answer) => go(`/plays/presales/${encodeURIComponent(answer.code)}`),
    },
  )
  const currency = typed?.currency ?? shown?.presale.currency ?? "CNY"
  const deposit = typed?.deposit ?? shown?.presale.deposit ?? "earnest"
  return (
    <RecordPage
      title={shown ? (locale === "zh" && shown.presale.name_zh) || shown.presale.name : t("newPresale")}
      lead={shown ? <StandingOf play={shown} /> : undefined}
      back={{ to: "/plays/presales", label: t("presales") }}
      actions={shown ? <Acts play={shown} at="presales" /> : undefined}
    >
      <PageForm<Fields>
        form={form}
        className="bought-form"
        initialValues={startOf(shown)}
        onFinish={(one) => save.mutateAsync(one).catch(() => {})}
      >
        <Told typed={typed} currency={currency} />
        <Section title={t("what")}>
          <WhatItIs known={Boolean(shown)} />
          <Form.Item name="deposit" label={t("deposit")} extra={t(`${deposit}Hint`)}>
            <Radio.Group
              optionType="button"
              options={(["earnest", "prepayment"] as const).map((value) => ({ value, label: t(value) }))}
            />
          </Form.Item>
        </Section>
        <Section title={t("when")}>
          <div className="bought-two">
            <Form.Item name="deposits" label={t("depositWindow")} rules={needed}>
              <DatePicker.RangePicker
                showTime={{ format: "HH:mm" }}
                format="YYYY-MM-DD HH:mm"
                style={{ width: "100%" }}
              />
            </Form.Item>
            <Form.Item name="balances" label={t("balanceWindow")} rules={needed}>
              <DatePicker.RangePicker
                showTime={{ format: "HH:mm" }}
                format="YYYY-MM-DD HH:mm"
                style={{ width: "100%" }}
              />
            </Form.Item>
            <Form.Item name="ships_by" label={t("shipsBy")} rules={needed}>
              <DatePicker showTime={{ format: "HH:mm" }} format="YYYY-MM-DD HH:mm" style={{ width: "100%" }} />
            </Form.Item>
            <Form.Item name="supply" label={t("supply")} extra={t("supplyHint")}>
              <Select allowClear showSearch options={choices(locations.data?.items ?? [])} />
            </Form.Item>
          </div>
        </Section>
        <Section title={t("goods")}>
          <Form.List name="items">
            {(rows, { add, remove }) => (
              <>
                {rows.map((row) => (
                  <div className="bought-row" key={row.key}>
                    <Form.Item name={[row.name, "sku"]} label={t("sku")} rules={needed}>
                      <Input className="mono" maxLength={64} />
                    </Form.Item>
                    <Form.Item name={[row.name, "price_minor"]} label={t("price")} rules={needed}>
                      <MoneyInput currency={currency} />
                    </Form.Item>
                    <Form.Item name={[row.name, "deposit_minor"]} label={t("deposit")} rules={needed}>
                      <MoneyInput currency={currency} />
                    </Form.Item>
                    <Form.Item name={[row.name, "counts_minor"]} label={t("counts")}>
                      <MoneyInput currency={currency} />
                    </Form.Item>
                    <Form.Item name={[row.name, "quota"]} label={t("quota")} rules={needed}>
                      <QuantityInput min={1} />
                    </Form.Item>
                    {rows.length > 1 ? (
                      <Button
                        className="bought-off"
                        type="text"
                        icon={<DeleteOutlined />}
                        aria-label={t("remove")}
                        onClick={() => remove(row.name)}
                      />
                    ) : null}
                  </div>
                ))}
                <Button icon={<PlusOutlined />} onClick={() => add({})}>
                  {t("addItem")}
                </Button>
              </>
            )}
          </Form.List>
          {shown ? <Sold shown={shown} /> : null}
        </Section>
        <Section title={t("terms")}>
          {deposit === "earnest" ? (
            <Form.Item name="withdrawal" label={t("withdrawal")}>
              <Radio.Group
                options={[
                  { value: "keep", label: t("keep") },
                  { value: "return", label: t("giveBack") },
                ]}
              />
            </Form.Item>
          ) : null}
          {(["full_payment", "coupons", "price_protection"] as const).map((name) => (
            <Form.Item key={name} name={name} valuePropName="checked" style={{ marginBottom: 8 }}>
              <Checkbox>
                {t(name === "full_payment" ? "fullPayment" : name === "coupons" ? "coupons" : "protection")}
              </Checkbox>
            </Form.Item>
          ))}
          <Funders />
        </Section>
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {t("save")}
        </Button>
      </PageForm>
    </RecordPage>
  )
}

function Told({ typed, currency }: { typed?: Partial<Fields>; currency: string }) {
  const t = useWords(words)
  const item = typed?.items?.[0]
  const until = typed?.balances?.[1]
  if (!item?.price_minor || !item.deposit_minor || !until)
    return <p className="bought-sentence waiting">{t("unfinished")}</p>
  const money = (minor: number) => moneyText(minor, currency)
  return (
    <p className="bought-sentence" aria-live="polite">
      {t("sentence", {
        deposit: money(item.deposit_minor),
        counts: money(item.counts_minor || item.deposit_minor),
        price: money(item.price_minor),
        until: until.format("YYYY-MM-DD HH:mm"),
        kind: typed?.deposit ?? "earnest",
      })}
    </p>
  )
}

function Sold({ shown }: { shown: Shown }) {
  const t = useWords(words)
  return (
    <div className="bought-sold" style={{ marginTop: 16 }}>
      {shown.sold.map((one) => (
        <div key={one.sku}>
          <small className="muted">
            {t("sold")} <span className="mono">{one.sku}</span> {one.taken} / {one.quota}
          </small>
          <div className="bought-bar">
            <b style={{ width: `${Math.min((one.taken / one.quota) * 100, 100)}%` }} />
          </div>
        </div>
      ))}
    </div>
  )
}

function startOf(shown?: Shown): Partial<Fields> {
  const is = shown?.presale
  if (!is)
    return {
      currency: "CNY",
      deposit: "earnest",
      withdrawal: "keep",
      coupons: true,
      price_protection: true,
      full_payment: false,
      channels: [],
      funders: [],
      items: [{} as ItemField],
    }
  return {
    name: is.name,
    name_zh: is.name_zh,
    currency: is.currency,
    channels: [...(is.channels ?? [])],
    funders: percentsOf(is.funders),
    deposit: is.deposit,
    deposits: span(is.deposit_from, is.deposit_to),
    balances: span(is.balance_from, is.balance_to),
    ships_by: at(is.ships_by),
    items: is.items.map((one) => ({ ...one, counts_minor: one.counts_minor || null })),
    withdrawal: is.withdrawal ?? "keep",
    full_payment: is.full_payment ?? false,
    coupons: (is.coupons ?? "balance") === "balance",
    price_protection: is.price_protection ?? true,
    supply: is.supply ?? undefined,
  }
}

function bodyOf(one: Fields): Presale {
  return {
    name: one.name,
    name_zh: one.name_zh ?? "",
    currency: one.currency,
    channels: one.channels ?? [],
    funders: fundersOf(one.funders),
    deposit: one.deposit,
    deposit_from: one.deposits[0].toISOString(),
    deposit_to: one.deposits[1].toISOString(),
    balance_from: one.balances[0].toISOString(),
    balance_to: one.balances[1].toISOString(),
    ships_by: one.ships_by.toISOString(),
    items: one.items.map((item) => ({
      sku: item.sku.trim(),
      price_minor: item.price_minor,
      deposit_minor: item.deposit_minor,
      counts_minor: item.counts_minor ?? 0,
      quota: item.quota,
    })),
    withdrawal: one.deposit === "prepayment" ? "return" : one.withdrawal,
    full_payment: one.full_payment,
    coupons: one.coupons ? "balance" : "none",
    price_protection: one.price_protection,
    supply: one.supply ?? null,
  } as Presale
}
