/** A new simulation: which past orders, compared with what, and what is tried on them. */

import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import { MoneyInput, PageForm, QuantityInput } from "@kit/form"
import { useSearchState } from "@kit/list"
import { RecordPage, Section } from "@kit/record"
import { useSession } from "@kit/session"
import { useGo } from "@kit/shell/go"
import { useWords } from "@kit/words"
import { Button, Checkbox, DatePicker, Form, Input, InputNumber, Radio, Select } from "antd"
import type { Dayjs } from "dayjs"
import { choices, type Named, useAll } from "../products/catalog"
import { type Quick, type QuickPoints, readPrices, written, writtenPoints } from "./draft"
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
  proposal?: string
  promotions?: string[]
  batches?: string[]
  uptake?: number | null
  quick?: Partial<Quick> & { write?: boolean }
  points?: QuickPoints
  /** What an earlier simulation had written out, as the API knows it. */
  written?: string
}

const CHOICES = 250
const ORDERS = 1_000
const ORDERS_MAX = 200_000

export default function NewPage() {
  const t = useWords(words)
  const go = useGo()
  const { may } = useSession()
  const [search] = useSearchState()
  const [form] = Form.useForm<Fields>()
  const channels = useAll<Named & { currency: string }>("/v1/channels")
  const stores = useAll<Named & { channel: string }>("/v1/stores")
  const lists = useAll<Named & { currency: string }>("/v1/price-lists")
  const first = { params: { query: { limit: CHOICES } } }
  const promotions = api.useQuery("get", "/v1/promotions", first, { enabled: may("promotion:read") }).data?.items ?? []
  const batches = api.useQuery("get", "/v1/coupon-batches", first, { enabled: may("coupon:read") }).data?.items ?? []
  const channel = Form.useWatch("channel", form)
  const quick = Form.useWatch("quick", form)
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
            draft: draftOf(one, currency),
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
          promotions: search.promotion ? search.promotion.split(",") : [],
          proposal: search.proposal,
          batches: search.batch ? search.batch.split(",") : [],
          uptake: 100,
          quick: { write: false, off: "percent", share: 100, coupon: false, each: 1, uptake: 100 },
          written: search.written ? JSON.stringify(JSON.parse(search.written), null, 2) : undefined,
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
            <Form.Item name="proposal" label={t("proposal")} extra={t("proposalHint")}>
              <Input className="mono" placeholder="ppr_…" maxLength={40} allowClear />
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
                    : isNothing(draftOf(form.getFieldsValue(), currency))
                      ? Promise.reject(new Error(t("nothing")))
                      : Promise.resolve(),
              },
            ]}
          >
            <Input.TextArea
              autoSize={{ minRows: 3, maxRows: 16 }}
              spellCheck={false}
              placeholder={"tea 19.90\nrice 2.50 1000"}
            />
          </Form.Item>
          <div className="sim-two">
            <Form.Item name="promotions" label={t("promotion")} extra={t("promotionHint")}>
              <Select
                mode="tags"
                tokenSeparators={[",", " "]}
                showSearch={{ optionFilterProp: "label" }}
                options={promotions.map((one) => ({ value: one.rule, label: `${one.terms.name} · ${one.rule}` }))}
              />
            </Form.Item>
            <Form.Item label={t("batches")} htmlFor="batches" extra={t("batchesHint")}>
              <div className="sim-batches">
                <Form.Item name="batches" noStyle>
                  <Select
                    id="batches"
                    mode="multiple"
                    showSearch={{ optionFilterProp: "label" }}
                    options={choices(batches)}
                  />
                </Form.Item>
                <Form.Item name="uptake" noStyle>
                  <InputNumber<number> min={1} max={100} suffix="%" aria-label={t("uptake")} />
                </Form.Item>
              </div>
            </Form.Item>
          </div>
          <Form.Item name={["quick", "write"]} valuePropName="checked" className="sim-write">
            <Checkbox>{t("write")}</Checkbox>
          </Form.Item>
          {quick?.write ? <WrittenFields currency={currency} quick={quick} /> : null}
          <details className="sim-more" open={Boolean(search.written)}>
            <summary>{t("pointsTerms")}</summary>
            <div className="sim-two">
              <Form.Item label={t("earn")} htmlFor="earn_points">
                <div className="sim-per">
                  <Form.Item name={["points", "earn_points"]} noStyle>
                    <QuantityInput id="earn_points" aria-label={t("earn")} />
                  </Form.Item>
                  <span>{t("pointsFor")}</span>
                  <Form.Item name={["points", "earn_minor"]} noStyle>
                    <MoneyInput currency={currency} aria-label={t("earnFor")} />
                  </Form.Item>
                </div>
              </Form.Item>
              <Form.Item label={t("worth")} htmlFor="burn_points">
                <div className="sim-per">
                  <Form.Item name={["points", "burn_points"]} noStyle>
                    <QuantityInput id="burn_points" aria-label={t("worth")} />
                  </Form.Item>
                  <span>{t("pointsAre")}</span>
                  <Form.Item name={["points", "burn_minor"]} noStyle>
                    <MoneyInput currency={currency} aria-label={t("worthOf")} />
                  </Form.Item>
                </div>
              </Form.Item>
            </div>
            <Form.Item
              name="written"
              label={t("asJson")}
              extra={t("asJsonHint")}
              rules={[
                {
                  validator: (_rule, text: string | undefined) =>
                    readJson(text) ? Promise.resolve() : Promise.reject(new Error(t("notJson"))),
                },
              ]}
            >
              <Input.TextArea autoSize={{ minRows: 2, maxRows: 24 }} spellCheck={false} />
            </Form.Item>
          </details>
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

/** A promotion in a few words, with the coupons it may need. */
function WrittenFields({ currency, quick }: { currency: string; quick: NonNullable<Fields["quick"]> }) {
  const t = useWords(words)
  const needed = [{ required: true, message: t("required") }]
  return (
    <fieldset className="sim-written" aria-label={t("write")}>
      <div className="sim-three">
        <Form.Item name={["quick", "off"]} label={t("off")}>
          <Select options={(["percent", "amount"] as const).map((value) => ({ value, label: t(`off_${value}`) }))} />
        </Form.Item>
        <Form.Item name={["quick", "value"]} label={t("amount")} rules={needed}>
          {quick.off === "amount" ? (
            <MoneyInput currency={currency} />
          ) : (
            <InputNumber<number> min={0.01} max={100} precision={2} suffix="%" style={{ width: "100%" }} />
          )}
        </Form.Item>
        <Form.Item name={["quick", "least"]} label={t("least")}>
          <MoneyInput currency={currency} />
        </Form.Item>
        <Form.Item name={["quick", "on"]} label={t("on")}>
          <Select
            allowClear
            placeholder={t("allGoods")}
            options={(["categories", "brands", "skus"] as const).map((value) => ({ value, label: t(`on_${value}`) }))}
          />
        </Form.Item>
        {quick.on ? (
          <Form.Item name={["quick", "codes"]} label={t("codes")} rules={needed}>
            <Select mode="tags" tokenSeparators={[",", " ", "\n"]} open={false} suffixIcon={null} />
          </Form.Item>
        ) : null}
        <Form.Item name={["quick", "budget"]} label={t("budget")}>
          <MoneyInput currency={currency} />
        </Form.Item>
        <Form.Item name={["quick", "share"]} label={t("share")}>
          <InputNumber<number> min={0} max={100} suffix="%" style={{ width: "100%" }} />
        </Form.Item>
        {(quick.share ?? 100) < 100 ? (
          <Form.Item name={["quick", "other"]} label={t("other_funder")}>
            <Input placeholder="brand" maxLength={64} />
          </Form.Item>
        ) : null}
      </div>
      <Form.Item name={["quick", "coupon"]} valuePropName="checked">
        <Checkbox>{t("needsCoupon")}</Checkbox>
      </Form.Item>
      {quick.coupon ? (
        <div className="sim-three">
          <Form.Item name={["quick", "count"]} label={t("couponCount")}>
            <QuantityInput min={1} max={100_000_000} />
          </Form.Item>
          <Form.Item name={["quick", "each"]} label={t("couponEach")}>
            <QuantityInput min={0} max={1_000_000} />
          </Form.Item>
          <Form.Item name={["quick", "uptake"]} label={t("uptake")}>
            <InputNumber<number> min={1} max={100} suffix="%" style={{ width: "100%" }} />
          </Form.Item>
        </div>
      ) : null}
    </fieldset>
  )
}

/** The draft as the API takes it: what is written out stands beside what is kept. */
function draftOf(one: Partial<Fields>, currency: string) {
  const more = readJson(one.written) ?? {}
  const quick = one.quick?.write && one.quick.value ? written(one.quick as Quick, currency) : undefined
  const uptake_bp = Math.round((one.uptake ?? 100) * 100)
  return {
    price_list: one.price_list ?? null,
    prices: readPrices(one.prices ?? "", currency).prices,
    proposal: one.proposal?.trim() || null,
    promotions: one.promotions ?? [],
    promotion: quick?.promotion ?? more.promotion ?? null,
    coupons: [
      ...(one.batches ?? []).map((batch) => ({ batch, uptake_bp })),
      ...(quick?.coupons ?? []),
      ...((more.coupons as unknown[]) ?? []),
    ],
    points: writtenPoints(one.points ?? {}, currency) ?? more.points ?? null,
  }
}

function isNothing(draft: ReturnType<typeof draftOf>): boolean {
  const { price_list: _, ...rest } = draft
  return Object.values(rest).every((value) => value === null || (Array.isArray(value) && !value.length))
}

/** Nothing written is nothing; what is no object is null. */
function readJson(text: string | undefined): Record<string, unknown> | null {
  try {
    const read: unknown = JSON.parse(text?.trim() || "{}")
    return read && typeof read === "object" && !Array.isArray(read) ? (read as Record<string, unknown>) : null
  } catch {
    return null
  }
}
