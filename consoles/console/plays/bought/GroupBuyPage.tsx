/** A group buy: what buyers are told as one types, its terms, and the groups there are. */

import { api } from "@kit/api/client"
import type { components } from "@kit/api/schema.gen"
import { MoneyInput, QuantityInput } from "@kit/form"
import { amountText, moneyText, parseAmount } from "@kit/format"
import { Section } from "@kit/record"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useWords } from "@kit/words"
import { DatePicker, Form, Radio, Select } from "antd"
import type { Dayjs } from "dayjs"
import { ChannelsItem, CurrencyItem, Editor, instant, span, type Version } from "../Editor"
import { Funders } from "../Funders"
import { Items } from "../Items"
import "./bought.css"
import { Groups } from "./Groups"
import { Span } from "./Span"
import { words } from "./words"

type Shown = components["schemas"]["GroupBuyView"]
type GroupBuy = components["schemas"]["GroupBuy"]
type Item = Omit<GroupBuy["items"][number], "prices_minor"> & { prices: string[] }

type Fields = Omit<GroupBuy, "thresholds" | "items" | "open_from" | "open_to" | "ships_by"> & {
  thresholds: string[]
  items: Item[]
  open: [Dayjs, Dayjs]
  ships_by?: Dayjs
}

const DAY_HOURS = 24
const HOURS_MAX = 24 * 60
const ANEW = {
  currency: "CNY",
  by: "people",
  thresholds: [],
  hours: DAY_HOURS,
  overflow: "refund",
  items: [{ prices: [], least: 1 }],
}

export default function GroupBuyPage() {
  const code = usePlace("code")
  const made = code !== "new"
  const asked = api.useQuery("get", "/v1/group-buys/{code}", { params: { path: { code } } }, { enabled: made })
  return made ? <Answer of={asked}>{(one) => <GroupBuyEditor now={one} />}</Answer> : <GroupBuyEditor now={null} />
}

function GroupBuyEditor({ now }: { now: Shown | null }) {
  const t = useWords(words)
  return (
    <Editor
      kind="group-buys"
      title={t("groupBuys")}
      newTitle={t("newGroupBuy")}
      now={now as (Shown & Version) | null}
      initial={now ? startOf(now.group_buy) : ANEW}
      what={(one) => one.group_buy}
      body={bodyOf}
      more={now ? <Groups play={now.code} /> : null}
    >
      {() => <Terms now={now} />}
    </Editor>
  )
}

function Terms({ now }: { now: Shown | null }) {
  const t = useWords(words)
  const typed = Form.useWatch([], Form.useFormInstance<Fields>()) as Partial<Fields> | undefined
  const currency = typed?.currency ?? now?.group_buy.currency ?? "CNY"
  const by = typed?.by ?? now?.group_buy.by ?? "people"
  const needed = [{ required: true, message: t("required") }]
  return (
    <>
      <Told typed={typed} currency={currency} />
      <Section title={t("what")}>
        <div className="play-two">
          <CurrencyItem />
          <ChannelsItem />
          <Form.Item name="by" label={t("by")}>
            <Radio.Group
              optionType="button"
              options={(["people", "units", "amount"] as const).map((value) => ({ value, label: t(value) }))}
            />
          </Form.Item>
          <Form.Item name="thresholds" label={t("thresholds")} extra={t("thresholdsHint")} rules={needed}>
            <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[",", "，", " ", "/"]} />
          </Form.Item>
        </div>
      </Section>
      <Section title={t("goods")}>
        <Items
          fresh={{ least: 1, prices: [] }}
          terms={[
            {
              key: "prices",
              title: t("prices"),
              hint: t("pricesHint"),
              needed: true,
              field: (
                <Select
                  mode="tags"
                  open={false}
                  suffixIcon={null}
                  tokenSeparators={["，", " ", "/"]}
                  aria-label={t("prices")}
                />
              ),
            },
            {
              key: "head_minor",
              title: t("headPrice"),
              hint: t("headPriceHint"),
              field: <MoneyInput currency={currency} aria-label={t("headPrice")} />,
            },
            { key: "least", title: t("least"), needed: true, field: <QuantityInput min={1} aria-label={t("least")} /> },
            { key: "most", title: t("most"), hint: t("any"), field: <QuantityInput aria-label={t("most")} /> },
          ]}
        />
        <p className="muted">{t("pricesHint")}</p>
      </Section>
      <Section title={t("when")}>
        <div className="play-two">
          <Form.Item name="open" label={t("window")} rules={needed}>
            <Span />
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
        <div className="play-two">
          <Form.Item name="heads" label={t("heads")} extra={t("headsHint")}>
            <QuantityInput />
          </Form.Item>
          {by === "people" ? (
            <>
              <Form.Item name="most" label={t("groupMost")} extra={t("groupMostHint")}>
                <QuantityInput />
              </Form.Item>
              <Form.Item name="newcomers" label={t("newcomers")} extra={t("newcomersHint")}>
                <QuantityInput />
              </Form.Item>
            </>
          ) : null}
        </div>
        <Form.Item name="overflow" label={t("overflow")}>
          <Radio.Group
            options={[
              { value: "refund", label: t("refund") },
              { value: "new_group", label: t("newGroup") },
            ]}
          />
        </Form.Item>
      </Section>
      <Section title={t("funders")}>
        <Funders />
      </Section>
    </>
  )
}

function Told({ typed, currency }: { typed?: Partial<Fields>; currency: string }) {
  const t = useWords(words)
  const first = Number(typed?.thresholds?.[0])
  const item = typed?.items?.[0]
  const price = parseAmount(item?.prices?.[0] ?? "", currency)
  if (!first || !price || !typed?.hours) return <p className="play-sentence muted">{t("unfinished")}</p>
  return (
    <p className="play-sentence" aria-live="polite">
      {t("groupSentence", {
        by: typed.by ?? "people",
        first,
        firstMoney: moneyText(parseAmount(typed.thresholds?.[0] ?? "", currency) ?? 0, currency),
        price: moneyText(price, currency),
        hours: typed.hours,
      })}
      {item?.head_minor ? t("headSentence", { price: moneyText(item.head_minor, currency) }) : null}
      {typed.newcomers ? t("newcomersSentence", { count: typed.newcomers }) : null}
    </p>
  )
}

function startOf({ open_from, open_to, ...is }: GroupBuy): object {
  const told = (minor: number) => amountText(minor, is.currency)
  return {
    ...ANEW,
    ...is,
    thresholds: is.thresholds.map((one) => (is.by === "amount" ? told(one) : String(one))),
    open: span(open_from, open_to),
    ships_by: instant(is.ships_by),
    items: is.items.map(({ prices_minor, ...one }) => ({
      ...one,
      least: one.least ?? 1,
      prices: prices_minor.map(told),
    })),
  }
}

function bodyOf({ open, ...typed }: Fields): object {
  const minor = (text: string) => parseAmount(text, typed.currency) ?? 0
  return {
    ...typed,
    thresholds: typed.thresholds.map((text) => (typed.by === "amount" ? minor(text) : Number(text))),
    open_from: open[0],
    open_to: open[1],
    items: typed.items.map(({ prices, ...item }) => ({ ...item, prices_minor: prices.map(minor) })),
  }
}
