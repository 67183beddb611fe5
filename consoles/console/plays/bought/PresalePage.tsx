/** A presale: its legs on one line of time, what buyers are told as one types, how far its quotas are, and its terms. */

import { api } from "@kit/api/client"
import type { components } from "@kit/api/schema.gen"
import { MoneyInput, QuantityInput } from "@kit/form"
import { moneyText } from "@kit/format"
import { Section } from "@kit/record"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useWords } from "@kit/words"
import { Checkbox, DatePicker, Form, Radio, Select } from "antd"
import type { Dayjs } from "dayjs"
import { choices } from "../../products/catalog"
import { Bar } from "../Bar"
import { ChannelsItem, CurrencyItem, Editor, instant, span, type Version } from "../Editor"
import { Funders } from "../Funders"
import { Items } from "../Items"
import "./bought.css"
import { Legs } from "./Legs"
import { Span } from "./Span"
import { words } from "./words"

type Shown = components["schemas"]["PresaleView"]
type Presale = components["schemas"]["Presale"]

type Fields = Omit<Presale, "deposit_from" | "deposit_to" | "balance_from" | "balance_to" | "ships_by" | "coupons"> & {
  deposits: [Dayjs, Dayjs]
  balances: [Dayjs, Dayjs]
  ships_by: Dayjs
  coupons: boolean
}

const ANEW = {
  currency: "CNY",
  deposit: "earnest",
  withdrawal: "keep",
  coupons: true,
  price_protection: true,
  full_payment: false,
  items: [{}],
}

export default function PresalePage() {
  const code = usePlace("code")
  const made = code !== "new"
  const asked = api.useQuery("get", "/v1/presales/{code}", { params: { path: { code } } }, { enabled: made })
  return made ? <Answer of={asked}>{(one) => <PresaleEditor now={one} />}</Answer> : <PresaleEditor now={null} />
}

function PresaleEditor({ now }: { now: Shown | null }) {
  const t = useWords(words)
  return (
    <Editor
      kind="presales"
      title={t("presales")}
      newTitle={t("newPresale")}
      now={now as (Shown & Version) | null}
      initial={now ? startOf(now.presale) : ANEW}
      what={(one) => one.presale}
      body={bodyOf}
      live={
        now ? (
          <>
            <Legs of={now.presale} />
            {now.sold.some((one) => one.taken) ? <Sold of={now} /> : null}
          </>
        ) : null
      }
    >
      {() => <Terms now={now} />}
    </Editor>
  )
}

function Terms({ now }: { now: Shown | null }) {
  const t = useWords(words)
  const typed = Form.useWatch([], Form.useFormInstance<Fields>()) as Partial<Fields> | undefined
  const locations = api.useQuery("get", "/v1/locations", { params: { query: { limit: 250 } } })
  const currency = typed?.currency ?? now?.presale.currency ?? "CNY"
  const deposit = typed?.deposit ?? now?.presale.deposit ?? "earnest"
  const needed = [{ required: true, message: t("required") }]
  return (
    <>
      <Told typed={typed} currency={currency} />
      <Section title={t("what")}>
        <Form.Item name="deposit" label={t("deposit")} extra={t(`${deposit}Hint`)}>
          <Radio.Group
            optionType="button"
            options={(["earnest", "prepayment"] as const).map((value) => ({ value, label: t(value) }))}
          />
        </Form.Item>
        <div className="play-two">
          <CurrencyItem />
          <ChannelsItem />
        </div>
      </Section>
      <Section title={t("when")}>
        <div className="play-two">
          <Form.Item name="deposits" label={t("depositWindow")} rules={needed}>
            <Span />
          </Form.Item>
          <Form.Item name="balances" label={t("balanceWindow")} rules={needed}>
            <Span />
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
        <Items
          fresh={{}}
          terms={[
            ...(["price", "deposit", "counts"] as const).map((key) => ({
              key: `${key}_minor`,
              title: t(key),
              needed: key !== "counts",
              field: <MoneyInput currency={currency} aria-label={t(key)} />,
            })),
            { key: "quota", title: t("quota"), needed: true, field: <QuantityInput min={1} aria-label={t("quota")} /> },
          ]}
        />
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
      </Section>
      <Section title={t("funders")}>
        <Funders />
      </Section>
    </>
  )
}

function Told({ typed, currency }: { typed?: Partial<Fields>; currency: string }) {
  const t = useWords(words)
  const item = typed?.items?.[0]
  const until = typed?.balances?.[1]
  if (!item?.price_minor || !item.deposit_minor || !until)
    return <p className="play-sentence muted">{t("unfinished")}</p>
  const money = (minor: number) => moneyText(minor, currency)
  return (
    <p className="play-sentence" aria-live="polite">
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

function Sold({ of }: { of: Shown }) {
  const t = useWords(words)
  return (
    <dl className="bought-sold" aria-label={t("sold")}>
      {of.sold.map((one) => (
        <div key={one.sku}>
          <dt className="mono">{one.sku}</dt>
          <dd>
            <Bar taken={one.taken} all={one.quota} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

function startOf({ deposit_from, deposit_to, balance_from, balance_to, ...is }: Presale): object {
  return {
    ...ANEW,
    ...is,
    deposits: span(deposit_from, deposit_to),
    balances: span(balance_from, balance_to),
    ships_by: instant(is.ships_by),
    items: is.items.map((one) => ({ ...one, counts_minor: one.counts_minor || null })),
    coupons: (is.coupons ?? "balance") === "balance",
  }
}

function bodyOf({ deposits, balances, ...typed }: Fields): object {
  return {
    ...typed,
    deposit_from: deposits[0],
    deposit_to: deposits[1],
    balance_from: balances[0],
    balance_to: balances[1],
    withdrawal: typed.deposit === "prepayment" ? "return" : typed.withdrawal,
    coupons: typed.coupons ? "balance" : "none",
  }
}
