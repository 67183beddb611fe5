/** A group buy as it is to be: what buyers are told stands above the form and changes as one types. */

import { DeleteOutlined, PlusOutlined } from "@ant-design/icons"
import { send, useAct } from "@kit/api/act"
import { fetcher } from "@kit/api/client"
import type { components } from "@kit/api/schema.gen"
import { PageForm, QuantityInput } from "@kit/form"
import { amountText, moneyText, parseAmount } from "@kit/format"
import { RecordPage, Section } from "@kit/record"
import { useGo } from "@kit/shell/go"
import { useLocale, useWords } from "@kit/words"
import { Button, DatePicker, Form, Input, Radio, Select } from "antd"
import type { Dayjs } from "dayjs"
import { at, Funders, fundersOf, percentsOf, type SharedFields, span, useNeeded, WhatItIs } from "./fields"
import { Groups } from "./Groups"
import { Acts, StandingOf } from "./Standing"
import "./bought.css"
import { words } from "./words"

type Shown = components["schemas"]["GroupBuyView"]
type GroupBuy = components["schemas"]["GroupBuy"]

interface ItemField {
  sku: string
  prices: string[]
  least: number
  most?: number | null
}

interface Fields extends SharedFields {
  by: "people" | "units" | "amount"
  thresholds: string[]
  open: [Dayjs, Dayjs]
  hours: number
  most?: number | null
  overflow: "refund" | "new_group"
  ships_by?: Dayjs
  items: ItemField[]
}

const DAY_HOURS = 24
const HOURS_MAX = 24 * 60

export function GroupBuyEditor({ shown }: { shown?: Shown }) {
  const t = useWords(words)
  const locale = useLocale()
  const go = useGo()
  const needed = useNeeded()
  const [form] = Form.useForm<Fields>()
  const typed = Form.useWatch([], form) as Partial<Fields> | undefined
  const save = useAct(
    (_key, one: Fields) =>
      send(
        fetcher.PUT("/v1/group-buys/{code}", {
          params: { path: { code: shown?.code ?? one.code } },
          body: bodyOf(one),
        }),
      ),
    {
      said: t("saved"),
      refresh: ["/v1/group-buys", "/v1/plays"],
      form,
      then: (answer) => go(`/plays/group-buys/${encodeURIComponent(answer.code)}`),
    },
  )
  const currency = typed?.currency ?? shown?.group_buy.currency ?? "CNY"
  return (
    <RecordPage
      title={shown ? (locale === "zh" && shown.group_buy.name_zh) || shown.group_buy.name : t("newGroupBuy")}
      lead={shown ? <StandingOf play={shown} /> : undefined}
      back={{ to: "/plays/group-buys", label: t("groupBuys") }}
      actions={shown ? <Acts play={shown} at="group-buys" /> : undefined}
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
          <Form.Item name="by" label={t("by")}>
            <Radio.Group
              optionType="button"
              options={(["people", "units", "amount"] as const).map((value) => ({ value, label: t(value) }))}
            />
          </Form.Item>
          <Form.Item name="thresholds" label={t("thresholds")} extra={t("thresholdsHint")} rules={needed}>
            <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[",", "，", " ", "/"]} />
          </Form.Item>
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
                    <Form.Item name={[row.name, "prices"]} label={t("prices")} rules={needed}>
                      <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={["，", " ", "/"]} />
                    </Form.Item>
                    <Form.Item name={[row.name, "least"]} label={t("least")} rules={needed}>
                      <QuantityInput min={1} />
                    </Form.Item>
                    <Form.Item name={[row.name, "most"]} label={t("most")}>
                      <QuantityInput min={0} aria-label={t("most")} />
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
                <p className="muted">{t("pricesHint")}</p>
                <Button icon={<PlusOutlined />} onClick={() => add({ least: 1, prices: [] })}>
                  {t("addItem")}
                </Button>
              </>
            )}
          </Form.List>
        </Section>
        <Section title={t("when")}>
          <div className="bought-two">
            <Form.Item name="open" label={t("window")} rules={needed}>
              <DatePicker.RangePicker
                showTime={{ format: "HH:mm" }}
                format="YYYY-MM-DD HH:mm"
                style={{ width: "100%" }}
              />
            </Form.Item>
            <Form.Item name="hours" label={t("hours")} rules={needed}>
              <QuantityInput min={1} max={HOURS_MAX} />
            </Form.Item>
            <Form.Item name="ships_by" label={t("shipsBy")}>
              <DatePicker showTime={{ format: "HH:mm" }} format="YYYY-MM-DD HH:mm" style={{ width: "100%" }} />
            </Form.Item>
          </div>
        </Section>
        <Section title={t("terms")}>
          <Form.Item name="overflow" label={t("overflow")}>
            <Radio.Group
              options={[
                { value: "refund", label: t("refund") },
                { value: "new_group", label: t("newGroup") },
              ]}
            />
          </Form.Item>
          <Funders />
        </Section>
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {t("save")}
        </Button>
      </PageForm>
      {shown ? <Groups play={shown.code} /> : null}
    </RecordPage>
  )
}

function Told({ typed, currency }: { typed?: Partial<Fields>; currency: string }) {
  const t = useWords(words)
  const first = Number(typed?.thresholds?.[0])
  const price = parseAmount(typed?.items?.[0]?.prices?.[0] ?? "", currency)
  if (!first || !price || !typed?.hours) return <p className="bought-sentence waiting">{t("unfinished")}</p>
  return (
    <p className="bought-sentence" aria-live="polite">
      {t("groupSentence", {
        by: typed.by ?? "people",
        first,
        firstMoney: moneyText(parseAmount(typed.thresholds?.[0] ?? "", currency) ?? 0, currency),
        price: moneyText(price, currency),
        hours: typed.hours,
      })}
    </p>
  )
}

function startOf(shown?: Shown): Partial<Fields> {
  const is = shown?.group_buy
  if (!is)
    return {
      currency: "CNY",
      by: "people",
      thresholds: [],
      channels: [],
      funders: [],
      hours: DAY_HOURS,
      overflow: "refund",
      items: [{ sku: "", prices: [], least: 1 }],
    }
  const told = (minor: number) => amountText(minor, is.currency)
  return {
    name: is.name,
    name_zh: is.name_zh,
    currency: is.currency,
    channels: [...(is.channels ?? [])],
    funders: percentsOf(is.funders),
    by: is.by,
    thresholds: is.thresholds.map((one) => (is.by === "amount" ? told(one) : String(one))),
    open: span(is.open_from, is.open_to),
    hours: is.hours,
    most: is.most || null,
    overflow: is.overflow ?? "refund",
    ships_by: at(is.ships_by ?? undefined),
    items: is.items.map((one) => ({
      sku: one.sku,
      prices: one.prices_minor.map(told),
      least: one.least ?? 1,
      most: one.most || null,
    })),
  }
}

function bodyOf(one: Fields): GroupBuy {
  const minor = (text: string) => parseAmount(text, one.currency) ?? 0
  return {
    name: one.name,
    name_zh: one.name_zh ?? "",
    currency: one.currency,
    channels: one.channels ?? [],
    funders: fundersOf(one.funders),
    by: one.by,
    thresholds: one.thresholds.map((text) => (one.by === "amount" ? minor(text) : Number(text))),
    open_from: one.open[0].toISOString(),
    open_to: one.open[1].toISOString(),
    hours: one.hours,
    most: one.most ?? 0,
    overflow: one.overflow,
    ships_by: one.ships_by?.toISOString() ?? null,
    items: one.items.map((item) => ({
      sku: item.sku.trim(),
      prices_minor: item.prices.map(minor),
      least: item.least,
      most: item.most ?? 0,
    })),
  } as GroupBuy
}
