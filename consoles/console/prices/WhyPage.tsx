/** Why a price is what it is: every price that could hold here, the one that does, and by what the others lost. */

import { api } from "@kit/api/client"
import { Explain, type Step } from "@kit/explain"
import { QuantityInput } from "@kit/form"
import { dayText, Money, moneyText } from "@kit/format"
import { useSearchState } from "@kit/list"
import { RecordPage } from "@kit/record"
import { useSession } from "@kit/session"
import { Go } from "@kit/shell/go"
import { Empty, Refused, Waiting } from "@kit/states"
import { useLocale, useWords } from "@kit/words"
import { Button, DatePicker, Form, Input, Select } from "antd"
import dayjs, { type Dayjs } from "dayjs"
import { useEffect } from "react"
import "./prices.css"
import { choices, type Named, useAll } from "../products/catalog"
import { marginOf, shareText } from "./figures"
import { words } from "./words"

interface Asked {
  sku: string
  channel: string
  store?: string
  quantity: number
  at?: Dayjs | null
  company?: string
  group?: string
  region?: string
}

export default function WhyPage() {
  const t = useWords(words)
  const [search, change] = useSearchState()
  const [form] = Form.useForm<Asked>()
  const channels = useAll<Named>("/v1/channels")
  const stores = useAll<Named & { channel: string }>("/v1/stores")
  const companies = useAll<Named>("/v1/companies")
  const groups = useAll<Named>("/v1/member-groups")
  const channel = Form.useWatch("channel", form)
  // A store's price belongs to its channel; the first channel will do for prices that hold everywhere.
  const implied =
    search.channel ?? (search.store ? stores.find((one) => one.code === search.store)?.channel : channels[0]?.code)
  useEffect(() => {
    form.setFieldsValue({
      sku: search.sku ?? "",
      channel: implied,
      store: search.store,
      quantity: Number(search.quantity ?? 1),
      at: search.at ? dayjs(search.at) : null,
      company: search.company,
      group: search.group,
      region: search.region,
    })
  }, [form, search, implied])
  return (
    <RecordPage title={t("whyTitle")} lead={t("whyLead")}>
      <Form<Asked>
        form={form}
        layout="vertical"
        requiredMark={false}
        className="why-form"
        onFinish={(asked) =>
          change({
            sku: asked.sku.trim(),
            channel: asked.channel,
            store: asked.store,
            quantity: String(asked.quantity ?? 1),
            at: asked.at?.toISOString(),
            company: asked.company,
            group: asked.group,
            region: asked.region?.trim() || undefined,
          })
        }
      >
        <Form.Item name="sku" label={t("sku")}>
          <Input className="mono" autoFocus={!search.sku} />
        </Form.Item>
        <Form.Item name="channel" label={t("channel")}>
          <Select options={choices(channels)} onChange={() => form.setFieldValue("store", undefined)} />
        </Form.Item>
        <Form.Item name="store" label={t("store")}>
          <Select
            allowClear
            placeholder={t("everyStore")}
            options={choices(stores.filter((one) => one.channel === channel))}
            showSearch={{ optionFilterProp: "label" }}
          />
        </Form.Item>
        <Form.Item name="company" label={t("company")}>
          <Select
            allowClear
            placeholder={t("noCompany")}
            options={choices(companies)}
            showSearch={{ optionFilterProp: "label" }}
          />
        </Form.Item>
        <Form.Item name="group" label={t("group")}>
          <Select
            allowClear
            placeholder={t("noGroup")}
            options={choices(groups)}
            showSearch={{ optionFilterProp: "label" }}
          />
        </Form.Item>
        <Form.Item name="region" label={t("region")}>
          <Input placeholder="US/CA" maxLength={200} />
        </Form.Item>
        <Form.Item name="quantity" label={t("quantity")}>
          <QuantityInput min={1} />
        </Form.Item>
        <Form.Item name="at" label={t("at")}>
          <DatePicker showTime placeholder={t("nowOnly")} />
        </Form.Item>
        <Form.Item label=" ">
          <Button type="primary" htmlType="submit">
            {t("ask")}
          </Button>
        </Form.Item>
      </Form>
      {search.sku && implied ? <Trace search={{ ...search, channel: implied }} /> : <Empty title={t("pickFirst")} />}
    </RecordPage>
  )
}

function Trace({ search }: { search: Record<string, string> }) {
  const t = useWords(words)
  const { may } = useSession()
  const locale = useLocale()
  const trace = api.useQuery("get", "/v1/prices/explain", {
    params: {
      query: {
        sku: search.sku ?? "",
        channel: search.channel ?? "",
        ...(search.store ? { store: search.store } : {}),
        ...(search.at ? { at: search.at } : {}),
        ...(search.company ? { company: search.company } : {}),
        ...(search.group ? { group: [search.group] } : {}),
        ...(search.region ? { region: search.region } : {}),
        quantity: Number(search.quantity ?? 1),
      },
    },
  })
  if (trace.isError) return <Refused error={trace.error} />
  if (!trace.data) return <Waiting rows={4} />
  const found = trace.data
  const step = (one: (typeof found.candidates)[number]): Step => ({
    key: one.price,
    title: (
      <>
        <Go to={`/prices/${encodeURIComponent(one.list)}?sku=${encodeURIComponent(found.sku)}`}>{one.list}</Go>{" "}
        <span className="muted">{t.maybe(`kindOf.${one.kind}`)}</span>
        {one.off_bp ? <span className="price-tag">{t("offBase", { rate: one.off_bp / 100 })}</span> : null}
        {one.category ? <span className="price-tag">{one.category}</span> : null}
      </>
    ),
    amount:
      one.per === 1 ? (
        <Money minor={one.amount_minor} currency={one.currency} />
      ) : (
        t("per", { amount: moneyText(one.amount_minor, one.currency), per: one.per })
      ),
    source:
      t("holds", {
        from: dayText(one.valid_from, locale),
        to: one.valid_to ? t("to", { to: dayText(one.valid_to, locale) }) : "",
        quantity: one.min_quantity,
      }) + (one.basis === "line" ? "" : t("reached", { basis: t(`bases.${one.basis}`), quantity: one.reached })),
    reason: one.losing ? t.maybe(`losing.${one.losing}`) : undefined,
  })
  const won = found.candidates.find((one) => one.price === found.chosen)
  const lost = found.candidates.filter((one) => one !== won)
  if (!won)
    return (
      <section className="section why">
        <h2>{t("noPrice")}</h2>
        <p className="muted">{lost.length ? t("noPriceBody") : t("nothingKnown")}</p>
        {lost.length ? <Explain steps={lost.map(step)} /> : null}
      </section>
    )
  const total: Step = {
    key: "total",
    title: t("total", { quantity: found.quantity, amount: moneyText(won.amount_minor, won.currency) }),
    amount: <Money minor={found.amount_minor ?? 0} currency={won.currency} />,
    total: true,
  }
  return (
    <section className="section why">
      <h2>{t("wins", { list: won.list })}</h2>
      <Explain steps={[step(won), total]} />
      <div className="why-lost">
        <ol>
          {lost.map((one) => {
            const shown = step(one)
            return (
              <li key={one.price}>
                <span>{shown.title}</span>
                <span className="num muted">
                  <del>{shown.amount}</del>
                </span>
                <span className="why-reason">{shown.reason}</span>
                <span className="muted">{shown.source}</span>
              </li>
            )
          })}
        </ol>
      </div>
      {found.floor_minor ? (
        <p className="muted">{t("floorIs", { amount: moneyText(found.floor_minor, won.currency) })}</p>
      ) : null}
      {may("cost:read") ? (
        <p className="muted">
          {typeof found.cost_minor === "number"
            ? t("costIs", {
                amount: moneyText(found.cost_minor, won.currency),
                margin: shareText(marginOf(found.amount_minor ?? 0, 1, found.cost_minor, 1) ?? 0),
              })
            : t("costUnknown")}
        </p>
      ) : null}
      <p className="muted prose">{t(found.rule === "pricing.lowest" ? "ruleLowest" : "rule")}</p>
    </section>
  )
}
