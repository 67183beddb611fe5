/** The terms of procurement points: what they are worth, who of a company may burn them, and how many. */

import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import type { BeansTerms } from "@kit/api/schema.gen"
import { MoneyInput, QuantityInput } from "@kit/form"
import { countText, moneyText } from "@kit/format"
import { type Say, useWords } from "@kit/words"
import { Checkbox, Form, Input, InputNumber } from "antd"
import { type BeanFields, beanFieldsOf, beanTermsOf, ROLES } from "./terms"
import { type Begins, TermsDrawer, TermsPage } from "./Versions"
import { words } from "./words"

export default function BeansPage() {
  const t = useWords(words)
  const seen = api.useQuery("get", "/v1/beans/programme", {})
  const bound = (most: number | undefined) => (most ? countText(most) : t("unbounded"))
  return (
    <TermsPage
      here="/asset/beans"
      title={t("beansTab")}
      lead={t("beansLead")}
      empty={{ title: t("noBeans"), body: t("noBeansBody") }}
      seen={seen}
      facts={(terms: BeansTerms) => [
        ...terms.rates.map((rate): [string, string] => [
          t("burnRate"),
          t("burnSays", {
            points: countText(rate.burn_points ?? 0),
            amount: moneyText(rate.burn_minor ?? 0, rate.currency),
          }),
        ]),
        [t("mayBurn"), terms.roles?.length ? terms.roles.map((one) => roleText(one, t)).join(" · ") : t("mayAll")],
        [t("orderMax"), bound(terms.order_max)],
        [t("monthMax"), bound(terms.month_max)],
        [t("shareMax"), `${(terms.share_bp ?? 10_000) / 100}%`],
        [t("graceDays"), t("days", { n: terms.grace_days ?? 7 })],
        [t("funder"), terms.funder ?? "beans"],
      ]}
      editor={(terms, close) => <Editor terms={terms} close={close} />}
    />
  )
}

/** A role by its name; terms may also name one that companies no longer have. */
function roleText(role: string, t: Say<typeof words.en>): string {
  const known = ROLES.find((one) => one === role)
  return known ? t(`roles.${known}`) : role
}

function Editor({ terms, close }: { terms?: BeansTerms; close: () => void }) {
  const t = useWords(words)
  const [form] = Form.useForm<BeanFields & Begins>()
  const currency = Form.useWatch("currency", form) ?? "USD"
  const publish = useAct(
    (key, { valid_from, ...one }: BeanFields & Begins) =>
      send(
        fetcher.POST("/v1/beans/programme", {
          params: { header: { "Idempotency-Key": key } },
          body: {
            terms: beanTermsOf(one, terms),
            ...(valid_from ? { valid_from: valid_from.toISOString() } : {}),
          } as never,
        }),
      ),
    { said: t("published"), refresh: ["/v1/beans", "/v1/assets", "/v1/companies"], then: close },
  )
  const needed = [{ required: true, message: t("required") }]
  return (
    <TermsDrawer
      form={form}
      fields={beanFieldsOf(terms)}
      busy={publish.isPending}
      publish={(one) => publish.mutate(one)}
      close={close}
    >
      <div className="assets-fields">
        <Form.Item name="currency" label={t("currency")} rules={needed}>
          <Input className="mono" maxLength={3} autoFocus />
        </Form.Item>
        <Form.Item name="burn_points" label={t("kinds.beans")} rules={needed}>
          <QuantityInput min={1} />
        </Form.Item>
        <Form.Item name="burn_minor" label={t("burnFor")} rules={needed}>
          <MoneyInput currency={currency} />
        </Form.Item>
      </div>
      <Form.Item name="roles" label={t("mayBurn")} extra={t("mayAllHint")}>
        <Checkbox.Group options={ROLES.map((value) => ({ value, label: t(`roles.${value}`) }))} />
      </Form.Item>
      <div className="assets-fields">
        <Form.Item name="order_max" label={t("orderMax")} extra={t("boundHint")}>
          <QuantityInput />
        </Form.Item>
        <Form.Item name="month_max" label={t("monthMax")} extra={t("boundHint")}>
          <QuantityInput />
        </Form.Item>
      </div>
      <div className="assets-fields">
        <Form.Item name="share" label={t("beanShare")} rules={needed}>
          <InputNumber min={0} max={100} precision={2} style={{ width: "100%" }} />
        </Form.Item>
        <Form.Item name="grace_days" label={t("graceDays")}>
          <QuantityInput max={366} />
        </Form.Item>
      </div>
    </TermsDrawer>
  )
}
