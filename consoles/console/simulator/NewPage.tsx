/** A new simulation: which past orders, compared with what, and what is tried on them. */

import { send, useAct } from "@kit/api/act"
import { fetcher } from "@kit/api/client"
import { PageForm } from "@kit/form"
import { useSearchState } from "@kit/list"
import { RecordPage, Section } from "@kit/record"
import { useGo } from "@kit/shell/go"
import { useWords } from "@kit/words"
import { Button, DatePicker, Form, Input, InputNumber, Radio, Select } from "antd"
import type { Dayjs } from "dayjs"
import { choices, type Named, useAll } from "../products/catalog"
import { readPrices } from "./draft"
import "./simulator.css"
import { words } from "./words"

interface Fields {
  name?: string
  channel: string
  stores?: string[]
  orders: number
  days?: [Dayjs | null, Dayjs | null] | null
  basis: "as_sold" | "now"
  price_list?: string
  prices?: string
  promotion_ref?: string
}

const ORDERS = 1_000
const ORDERS_MAX = 200_000

export default function NewPage() {
  const t = useWords(words)
  const go = useGo()
  const [search] = useSearchState()
  const [form] = Form.useForm<Fields>()
  const channels = useAll<Named & { currency: string }>("/v1/channels")
  const stores = useAll<Named & { channel: string }>("/v1/stores")
  const lists = useAll<Named & { currency: string }>("/v1/price-lists")
  const channel = Form.useWatch("channel", form)
  const typed = Form.useWatch("prices", form) ?? ""
  const orders = Form.useWatch("orders", form) ?? ORDERS
  const currency = channels.find((one) => one.code === channel)?.currency ?? "USD"
  const read = readPrices(typed, currency)
  const start = useAct(
    (key, one: Fields) =>
      send(
        fetcher.POST("/v1/simulations", {
          params: { header: { "Idempotency-Key": key } },
          body: {
            name: one.name?.trim() ?? "",
            basis: one.basis,
            sample: {
              channel: one.channel,
              orders: one.orders,
              stores: one.stores ?? [],
              placed_from: one.days?.[0]?.startOf("day").toISOString() ?? null,
              placed_to: one.days?.[1]?.add(1, "day").startOf("day").toISOString() ?? null,
            },
            draft: {
              price_list: one.price_list ?? null,
              prices: readPrices(one.prices ?? "", currency).prices,
              promotion_ref: one.promotion_ref?.trim() || null,
            },
          } as never,
        }),
      ),
    { said: t("started"), refresh: ["/v1/simulations"], form, then: (answer) => go(`/simulator/${answer.id}`) },
  )
  const needed = [{ required: true, message: t("required") }]
  return (
    <RecordPage title={t("newRun")} lead={t("lead")} back={{ to: "/simulator", label: t("title") }}>
      <PageForm<Fields>
        form={form}
        className="sim-form"
        initialValues={{
          orders: Number(search.orders ?? ORDERS),
          basis: search.basis === "now" ? "now" : "as_sold",
          channel: search.channel,
          price_list: search.price_list,
          promotion_ref: search.promotion,
          prices: search.prices,
          name: search.name,
          stores: search.stores ? search.stores.split(",") : undefined,
        }}
        onFinish={(one) => start.mutateAsync(one).catch(() => {})}
      >
        <Section title={t("draft")}>
          <div className="sim-two">
            <Form.Item name="price_list" label={t("priceList")} extra={t("priceListHint")}>
              <Select
                allowClear
                showSearch={{ optionFilterProp: "label" }}
                options={choices(lists.filter((one) => !channel || one.currency === currency))}
              />
            </Form.Item>
            <Form.Item name="promotion_ref" label={t("promotion")} extra={t("promotionHint")}>
              <Input className="mono" placeholder="summer-10@3" maxLength={80} />
            </Form.Item>
          </div>
          <Form.Item
            name="prices"
            label={t("prices")}
            extra={read.prices.length ? t("understood", { count: read.prices.length }) : t("pricesHint")}
            validateStatus={read.wrong.length ? "error" : undefined}
            help={
              read.wrong.length
                ? t("wrongLines", { count: read.wrong.length, lines: read.wrong.slice(0, 10).join(", ") })
                : undefined
            }
            rules={[
              {
                validator: (_rule, text: string | undefined) =>
                  readPrices(text ?? "", currency).wrong.length
                    ? Promise.reject(new Error(t("pricesHint")))
                    : (text ?? "").trim() || form.getFieldValue("promotion_ref")
                      ? Promise.resolve()
                      : Promise.reject(new Error(t("nothing"))),
              },
            ]}
          >
            <Input.TextArea
              autoSize={{ minRows: 4, maxRows: 16 }}
              spellCheck={false}
              placeholder={"tea 19.90\nrice 2.50 1000"}
            />
          </Form.Item>
        </Section>
        <Section title={t("which")}>
          <div className="sim-two">
            <Form.Item name="channel" label={t("channel")} rules={needed}>
              <Select options={choices(channels)} />
            </Form.Item>
            <Form.Item name="stores" label={t("stores")}>
              <Select
                mode="multiple"
                allowClear
                maxTagCount="responsive"
                placeholder={t("everyStore")}
                showSearch={{ optionFilterProp: "label" }}
                options={choices(stores.filter((one) => !channel || one.channel === channel))}
              />
            </Form.Item>
            <Form.Item name="orders" label={t("newest")} rules={needed}>
              <InputNumber<number> min={1} max={ORDERS_MAX} precision={0} step={1000} style={{ width: "100%" }} />
            </Form.Item>
            <Form.Item name="days" label={t("days")}>
              <DatePicker.RangePicker allowEmpty={[true, true]} style={{ width: "100%" }} />
            </Form.Item>
          </div>
          <Form.Item name="basis" label={t("basis")}>
            <Radio.Group className="sim-basis">
              {(["as_sold", "now"] as const).map((one) => (
                <Radio key={one} value={one}>
                  {t(one)}
                  <small>{t(`${one}Hint`)}</small>
                </Radio>
              ))}
            </Radio.Group>
          </Form.Item>
          <Form.Item name="name" label={t("name")} extra={t("nameHint")}>
            <Input maxLength={120} />
          </Form.Item>
        </Section>
        <Button type="primary" htmlType="submit" loading={start.isPending}>
          {t("start", { count: orders })}
        </Button>
      </PageForm>
    </RecordPage>
  )
}
