/** The terms of points: how they are earned and burned, and when they can be used. */

import { DeleteOutlined, PlusOutlined } from "@ant-design/icons"
import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import type { PointsTerms, Rate } from "@kit/api/schema.gen"
import { MoneyInput, QuantityInput } from "@kit/form"
import { countText, moneyText } from "@kit/format"
import { type Say, useWords } from "@kit/words"
import { Button, Form, Input, InputNumber, Radio } from "antd"
import { CLAWBACKS, type Fields, fieldsOf, termsOf } from "./terms"
import { type Begins, TermsDrawer, TermsPage } from "./Versions"
import { words } from "./words"

export default function ProgrammePage() {
  const t = useWords(words)
  const seen = api.useQuery("get", "/v1/points/programme", {})
  const factors = (of: Record<string, number> | undefined) =>
    Object.entries(of ?? {})
      .map(([code, bp]) => `${code} ${t("times", { n: bp / 10_000 })}`)
      .join(", ")
  return (
    <TermsPage
      here="/asset/programme"
      title={t("programme")}
      lead={t("termsLead")}
      empty={{ title: t("noTerms"), body: t("noTermsBody") }}
      seen={seen}
      facts={(terms: PointsTerms) => [
        ...terms.rates.flatMap((rate) => rateFacts(rate, t)),
        [t("promisedDays"), t("days", { n: terms.promised_days ?? 0 })],
        [t("validMonths"), t("months", { n: terms.valid_months ?? 12 })],
        [t("graceDays"), t("days", { n: terms.grace_days ?? 7 })],
        [t("clawback"), t(`clawbackAs.${terms.clawback ?? "debt"}`)],
        [t("shareMax"), `${(terms.share_bp ?? 10_000) / 100}%`],
        [t("least"), terms.least ? countText(terms.least) : null],
        [t("funder"), terms.funder ?? "points"],
        [t("breakage"), terms.breakage_bp ? `${terms.breakage_bp / 100}%` : null],
        [t("levelsTitle"), factors(terms.levels)],
        [t("categoriesTitle"), factors(terms.categories)],
        [t("channelsTitle"), factors(terms.channels)],
      ]}
      editor={(terms, close) => <Editor terms={terms} close={close} />}
    />
  )
}

function rateFacts(rate: Rate, t: Say<typeof words.en>): [string, string][] {
  const { currency, earn_points = 0, earn_minor = 0, burn_points = 0, burn_minor = 0 } = rate
  const facts: [string, string][] = []
  if (earn_minor)
    facts.push([
      t("earnRate"),
      t("earnSays", { points: countText(earn_points), amount: moneyText(earn_minor, currency) }),
    ])
  if (burn_minor)
    facts.push([
      t("burnRate"),
      t("burnSays", { points: countText(burn_points), amount: moneyText(burn_minor, currency) }),
    ])
  return facts
}

function Editor({ terms, close }: { terms?: PointsTerms; close: () => void }) {
  const t = useWords(words)
  const [form] = Form.useForm<Fields & Begins>()
  const currency = Form.useWatch("currency", form) ?? "USD"
  const publish = useAct(
    (key, { valid_from, ...one }: Fields & Begins) =>
      send(
        fetcher.POST("/v1/points/programme", {
          params: { header: { "Idempotency-Key": key } },
          body: {
            terms: termsOf(one, terms),
            ...(valid_from ? { valid_from: valid_from.toISOString() } : {}),
          } as never,
        }),
      ),
    { said: t("published"), refresh: ["/v1/points", "/v1/assets"], then: close },
  )
  const needed = [{ required: true, message: t("required") }]
  return (
    <TermsDrawer
      form={form}
      fields={fieldsOf(terms)}
      busy={publish.isPending}
      publish={(one) => publish.mutate(one)}
      close={close}
    >
      <div className="assets-fields">
        <Form.Item name="currency" label={t("currency")} rules={needed}>
          <Input className="mono" maxLength={3} autoFocus />
        </Form.Item>
        <Form.Item name="earn_points" label={`${t("earnRate")}: ${t("earnPoints")}`} rules={needed}>
          <QuantityInput />
        </Form.Item>
        <Form.Item name="earn_minor" label={t("earnFor")} rules={needed}>
          <MoneyInput currency={currency} />
        </Form.Item>
      </div>
      <div className="assets-fields">
        <Form.Item name="burn_points" label={`${t("burnRate")}: ${t("burnPoints")}`} rules={needed}>
          <QuantityInput />
        </Form.Item>
        <Form.Item name="burn_minor" label={t("burnFor")} rules={needed}>
          <MoneyInput currency={currency} />
        </Form.Item>
        <Form.Item name="least" label={t("least")}>
          <QuantityInput />
        </Form.Item>
      </div>
      <div className="assets-fields">
        <Form.Item name="share" label={t("share")} rules={needed}>
          <InputNumber min={0} max={100} precision={2} style={{ width: "100%" }} />
        </Form.Item>
        <Form.Item name="breakage" label={t("breakageShare")}>
          <InputNumber min={0} max={100} precision={2} style={{ width: "100%" }} />
        </Form.Item>
      </div>
      <div className="assets-fields">
        <Form.Item name="promised_days" label={t("promisedDays")}>
          <QuantityInput max={366} />
        </Form.Item>
        <Form.Item name="valid_months" label={t("validMonths")} rules={needed}>
          <QuantityInput min={1} max={120} />
        </Form.Item>
        <Form.Item name="grace_days" label={t("graceDays")}>
          <QuantityInput max={366} />
        </Form.Item>
      </div>
      <Form.Item name="clawback" label={t("clawback")}>
        <Radio.Group options={CLAWBACKS.map((value) => ({ value, label: t(`clawbackAs.${value}`) }))} />
      </Form.Item>
      <Multipliers name="levels" title={t("levelsTitle")} />
      <Multipliers name="categories" title={t("categoriesTitle")} />
      <Multipliers name="channels" title={t("channelsTitle")} />
    </TermsDrawer>
  )
}

function Multipliers({ name, title }: { name: "levels" | "categories" | "channels"; title: string }) {
  const t = useWords(words)
  return (
    <Form.List name={name}>
      {(rows, { add, remove }) => (
        <Form.Item label={title}>
          {rows.map((row) => (
            <div key={row.key} className="assets-multiplier">
              <Form.Item name={[row.name, "code"]} noStyle>
                <Input aria-label={t("code")} placeholder={t("code")} maxLength={64} className="mono" />
              </Form.Item>
              <Form.Item name={[row.name, "factor"]} noStyle>
                <InputNumber aria-label={t("factor")} prefix="×" min={0} max={100} precision={2} />
              </Form.Item>
              <Button type="text" icon={<DeleteOutlined />} aria-label={t("remove")} onClick={() => remove(row.name)} />
            </div>
          ))}
          <Button size="small" icon={<PlusOutlined />} onClick={() => add({ code: "", factor: 2 })}>
            {t("addRow")}
          </Button>
        </Form.Item>
      )}
    </Form.List>
  )
}
