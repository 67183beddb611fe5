/** A flash sale: what is left of it this moment, how it sold, and its terms. */

import { api } from "@kit/api/client"
import type { components } from "@kit/api/schema.gen"
import { ChartCard } from "@kit/chart"
import { MoneyInput, QuantityInput } from "@kit/form"
import { countText } from "@kit/format"
import { Section } from "@kit/record"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useLocale, useWords } from "@kit/words"
import { DatePicker, Form, Radio } from "antd"
import dayjs from "dayjs"
import { sum } from "./Bar"
import { ChannelsItem, CurrencyItem, Editor, instant, type Version } from "./Editor"
import { Funders } from "./Funders"
import { words } from "./gate.words"
import { Items } from "./Items"

type View = components["schemas"]["FlashSaleView"]
const FRESH = { allotment: 20, per_member: 1, per_order: 0 }
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
        items: [FRESH],
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
              <CurrencyItem />
            </div>
          </Section>
          <Section title={t("items")}>
            <Terms fallback={sale?.currency ?? "CNY"} />
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

/** The flash price and how many of it, in the currency the sale is in. */
function Terms({ fallback }: { fallback: string }) {
  const t = useWords(words)
  const currency: string = Form.useWatch("currency", Form.useFormInstance()) ?? fallback
  const hint = t("noLimitHint")
  return (
    <Items
      fresh={FRESH}
      terms={[
        {
          key: "price_minor",
          title: t("price"),
          needed: true,
          field: <MoneyInput currency={currency} aria-label={t("price")} />,
        },
        {
          key: "allotment",
          title: t("allotment"),
          needed: true,
          field: <QuantityInput min={1} aria-label={t("allotment")} />,
        },
        { key: "per_member", title: t("perMember"), hint, field: <QuantityInput aria-label={t("perMember")} /> },
        { key: "per_order", title: t("perOrder"), hint, field: <QuantityInput aria-label={t("perOrder")} /> },
      ]}
    />
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
