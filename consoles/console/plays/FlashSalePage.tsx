/** A flash sale: what is left of it this moment, how it sold, and its terms. */

import { CloseOutlined, PlusOutlined } from "@ant-design/icons"
import { api } from "@kit/api/client"
import type { components } from "@kit/api/schema.gen"
import { ChartCard } from "@kit/chart"
import { MoneyInput, QuantityInput } from "@kit/form"
import { countText } from "@kit/format"
import { Section } from "@kit/record"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useLocale, useWords } from "@kit/words"
import { Button, DatePicker, Form, Input, InputNumber, Radio, Select } from "antd"
import dayjs from "dayjs"
import { sum } from "./Bar"
import { ChannelsItem, Editor, instant, type Version } from "./Editor"
import { words } from "./gate.words"

type View = components["schemas"]["FlashSaleView"]
const CURRENCIES = ["CNY", "USD", "EUR", "HKD", "JPY", "GBP", "SGD", "TWD", "KRW"]
const LIVE_MS = 2_000

export default function FlashSalePage() {
  const code = usePlace("code")
  const made = code !== "new"
  const asked = api.useQuery("get", "/v1/flash-sales/{code}", { params: { path: { code } } }, { enabled: made })
  return made ? <Answer of={asked}>{(one) => <FlashSale now={one} />}</Answer> : <FlashSale now={null} />
}

function FlashSale({ now }: { now: View | null }) {
  const t = useWords(words)
  const sale = now?.flash_sale
  const initial = sale
    ? { ...sale, begins_at: instant(sale.begins_at), ends_at: instant(sale.ends_at) }
    : {
        currency: "CNY",
        entry: "automatic",
        back: "allotment",
        items: [{ allotment: 20, per_member: 1, per_order: 0 }],
        begins_at: dayjs().add(1, "hour").startOf("hour"),
        ends_at: dayjs().add(3, "hour").startOf("hour"),
      }
  const needed = [{ required: true, message: t("required") }]
  return (
    <Editor
      kind="flash-sales"
      title={t("flashSales")}
      newTitle={t("newFlash")}
      now={now as (View & Version) | null}
      initial={initial}
      what={(one) => one.flash_sale}
      live={now && (now.in_force || now.items.some((item) => item.sold || item.held)) ? <Live code={now.code} /> : null}
    >
      {() => (
        <>
          <Section title={t("whenTitle")}>
            <div className="play-two">
              <Form.Item name="begins_at" label={t("begins")} rules={needed}>
                <DatePicker showTime style={{ width: "100%" }} />
              </Form.Item>
              <Form.Item name="ends_at" label={t("ends")} rules={needed}>
                <DatePicker showTime style={{ width: "100%" }} />
              </Form.Item>
              <ChannelsItem />
              <Form.Item name="currency" label={t("currency")} rules={needed}>
                <Select options={CURRENCIES.map((value) => ({ value, label: value }))} showSearch />
              </Form.Item>
            </div>
          </Section>
          <Section title={t("items")}>
            <Items fallback={sale?.currency ?? "CNY"} />
          </Section>
          <Section title={t("entry")}>
            <Form.Item name="entry">
              <Radio.Group
                options={(["automatic", "play"] as const).map((value) => ({ value, label: t(`entryKind.${value}`) }))}
                vertical
              />
            </Form.Item>
            <Form.Item name="back" label={t("back")}>
              <Radio.Group
                options={(["allotment", "pool"] as const).map((value) => ({ value, label: t(`backKind.${value}`) }))}
                vertical
              />
            </Form.Item>
          </Section>
          <Section title={t("funders")}>
            <Funders />
          </Section>
        </>
      )}
    </Editor>
  )
}

function Items({ fallback }: { fallback: string }) {
  const t = useWords(words)
  const currency: string = Form.useWatch("currency", Form.useFormInstance()) ?? fallback
  const needed = [{ required: true, message: t("required") }]
  return (
    <Form.List name="items">
      {(fields, { add, remove }) => (
        <>
          <table className="play-items">
            <thead>
              <tr>
                <th style={{ width: "32%" }}>{t("sku")}</th>
                <th>{t("price")}</th>
                <th>{t("allotment")}</th>
                <th title={t("noLimitHint")}>{t("perMember")}</th>
                <th title={t("noLimitHint")}>{t("perOrder")}</th>
                <th>
                  <span className="play-hidden">{t("remove")}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {fields.map(({ key, name }) => (
                <tr key={key}>
                  <td>
                    <Form.Item name={[name, "sku"]} rules={needed}>
                      <Input className="mono" aria-label={t("sku")} maxLength={64} />
                    </Form.Item>
                  </td>
                  <td>
                    <Form.Item name={[name, "price_minor"]} rules={needed}>
                      <MoneyInput currency={currency} aria-label={t("price")} />
                    </Form.Item>
                  </td>
                  <td>
                    <Form.Item name={[name, "allotment"]} rules={needed}>
                      <QuantityInput min={1} aria-label={t("allotment")} />
                    </Form.Item>
                  </td>
                  <td>
                    <Form.Item name={[name, "per_member"]}>
                      <QuantityInput aria-label={t("perMember")} />
                    </Form.Item>
                  </td>
                  <td>
                    <Form.Item name={[name, "per_order"]}>
                      <QuantityInput aria-label={t("perOrder")} />
                    </Form.Item>
                  </td>
                  <td>
                    <Button
                      type="text"
                      icon={<CloseOutlined />}
                      aria-label={t("remove")}
                      disabled={fields.length === 1}
                      onClick={() => remove(name)}
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <Button icon={<PlusOutlined />} onClick={() => add({ allotment: 20, per_member: 1, per_order: 0 })}>
            {t("addItem")}
          </Button>
        </>
      )}
    </Form.List>
  )
}

const WHOLE_BP = 10_000

function Funders() {
  const t = useWords(words)
  return (
    <Form.List name="funders">
      {(fields, { add, remove }) => (
        <>
          {fields.length === 0 ? <p className="muted">{t("sellerBears")}</p> : null}
          {fields.map(({ key, name }) => (
            <div className="play-two" key={key} style={{ maxWidth: 560 }}>
              <Form.Item name={[name, "funder"]} label={t("funder")}>
                <Input className="mono" maxLength={64} />
              </Form.Item>
              <Form.Item
                name={[name, "bp"]}
                label={t("share")}
                getValueProps={(bp: number) => ({ value: bp / 100 })}
                normalize={(percent: number) => Math.round(percent * 100)}
              >
                <InputNumber
                  min={0.01}
                  max={100}
                  suffix="%"
                  style={{ width: "100%" }}
                  addonAfter={
                    <Button
                      type="text"
                      size="small"
                      icon={<CloseOutlined />}
                      aria-label={t("remove")}
                      onClick={() => remove(name)}
                    />
                  }
                />
              </Form.Item>
            </div>
          ))}
          <Button
            icon={<PlusOutlined />}
            onClick={() => add({ funder: fields.length ? "" : "seller", bp: fields.length ? 1 : WHOLE_BP })}
          >
            {t("addFunder")}
          </Button>
        </>
      )}
    </Form.List>
  )
}

function Live({ code }: { code: string }) {
  const t = useWords(words)
  const locale = useLocale()
  const asked = api.useQuery(
    "get",
    "/v1/flash-sales/{code}/curve",
    { params: { path: { code } } },
    { refetchInterval: LIVE_MS },
  )
  const curve = asked.data
  if (!curve) return null
  const clock = new Intl.DateTimeFormat(locale === "zh" ? "zh-CN" : "en", { hour: "2-digit", minute: "2-digit" })
  const say = (value: number) => countText(value)
  return (
    <>
      <dl className="play-numbers" aria-live="polite" aria-label={t("live")}>
        {(["sold", "held", "left", "allotment"] as const).map((key) => (
          <div key={key}>
            <dt>{t(key)}</dt>
            <dd>{countText(sum(curve.items, key))}</dd>
          </div>
        ))}
      </dl>
      {curve.moments.length ? (
        <ChartCard
          title={t("curve")}
          lead={t("curveLead")}
          kind="bar"
          height={180}
          whole
          figures={{
            by: t("minute"),
            labels: curve.moments.map((one) => clock.format(new Date(one.at))),
            series: [{ name: t("unitsSold"), values: curve.moments.map((one) => one.units) }],
          }}
          say={say}
          short={say}
          write={String}
        />
      ) : (
        <p className="muted">{t("noSales")}</p>
      )}
    </>
  )
}
