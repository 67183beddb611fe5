/** A fee: how much, when it is asked, who pays it, and whose tax rate it bears. */

import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import type { FeeTerms, TariffView } from "@kit/api/schema.gen"
import { MoneyInput } from "@kit/form"
import { moneyText } from "@kit/format"
import { Section } from "@kit/record"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useLocale, useWords } from "@kit/words"
import { Form, Input, Segmented, Select, Switch } from "antd"
import { choices, type Named, useAll } from "../products/catalog"
import { latest } from "./acts"
import "./freight.css"
import { basisPoints, blankFee, type FeeFields, feeFieldsOf, feeTermsOf, percentText } from "./shape"
import { SplitField, TariffPage } from "./TariffPage"
import { nameOf } from "./Tariffs"
import { words } from "./words"

type Channel = Named & { currency: string }

export default function FeePage() {
  const code = usePlace("fee")
  const made = code !== "new"
  const asked = api.useQuery("get", "/v1/fees/{code}", { params: { path: { code } } }, { enabled: made })
  return made ? <Answer of={asked}>{(one) => <Fee key={one.code} now={one} />}</Answer> : <Fee now={null} />
}

function Fee({ now }: { now: TariffView | null }) {
  const t = useWords(words)
  const locale = useLocale()
  const sellers = useAll<Named>("/v1/sellers")
  const channels = useAll<Channel>("/v1/channels")
  const [form] = Form.useForm<FeeFields>()
  const typed = Form.useWatch([], form) as FeeFields | undefined
  const top = now ? latest(now) : undefined
  const terms = top?.terms as FeeTerms | undefined
  const put = useAct(
    (_key, fields: FeeFields) =>
      send(fetcher.PUT("/v1/fees/{code}", { params: { path: { code: fields.code } }, body: feeTermsOf(fields) })),
    { said: (told) => t("draftSaved", { version: told.version }), refresh: ["/v1/fees", "/v1/audit"], form },
  )
  if (!now && (sellers.length === 0 || channels.length === 0)) return null
  const initial =
    terms && now ? feeFieldsOf(now.code, terms) : blankFee(sellers[0]?.code ?? "", channels[0]?.currency ?? "CNY")
  const currency = typed?.currency ?? initial.currency
  const rate = (typed?.way ?? initial.way) === "rate"
  const needed = { required: true, message: t("required") }
  return (
    <TariffPage
      of="fee"
      now={now}
      title={terms ? nameOf(terms, locale) : t("newFee")}
      lead={t("newFeeLead")}
      form={form}
      initial={initial}
      put={put}
      sellers={sellers}
      aside={<FeeSaid fee={{ ...initial, ...typed }} />}
    >
      <Section title={t("howMuch")}>
        <Form.Item name="way" label={t("way")}>
          <Segmented
            options={[
              { value: "amount", label: t("wayAmount") },
              { value: "rate", label: t("wayRate") },
            ]}
          />
        </Form.Item>
        <div className="freight-fields">
          {rate ? (
            <Form.Item
              name="percent"
              label={t("percent")}
              rules={[
                needed,
                {
                  validator: async (_, value?: string) => {
                    if (value && !basisPoints(value)) throw new Error(t("percentShape"))
                  },
                },
              ]}
            >
              <Input suffix="%" inputMode="decimal" />
            </Form.Item>
          ) : (
            <>
              <Form.Item name="amount_minor" label={t("amount")} rules={[needed]}>
                <MoneyInput currency={currency} />
              </Form.Item>
              <Form.Item name="per" label={t("per")}>
                <Select
                  options={(["order", "line", "piece"] as const).map((value) => ({
                    value,
                    label: t(`per_${value}`),
                  }))}
                />
              </Form.Item>
            </>
          )}
        </div>
      </Section>
      <Section title={t("whenAsked")}>
        <div className="freight-fields">
          <Form.Item name="optional" label={t("optional")} extra={t("optionalHelp")} valuePropName="checked">
            <Switch />
          </Form.Item>
          <Form.Item name="channels" label={t("askedIn")}>
            <Select mode="multiple" options={choices(channels)} placeholder={t("everyChannel")} />
          </Form.Item>
          <Form.Item name="below_minor" label={t("below")} extra={t("belowHelp")}>
            <MoneyInput currency={currency} />
          </Form.Item>
          <Form.Item name="handling" label={t("handling")} extra={t("handlingHelp")}>
            <Input maxLength={64} autoCapitalize="none" placeholder={t("allGoods")} />
          </Form.Item>
        </div>
      </Section>
      <Section title={t("whoPays")}>
        <div className="freight-fields">
          <Form.Item name="payer" label={t("payer")} extra={t("payerHelp")} rules={[needed]}>
            <Input maxLength={64} autoCapitalize="none" />
          </Form.Item>
          <SplitField />
          <Form.Item name="tax_class" label={t("taxClass")} extra={t("taxClassHelp")}>
            <Input maxLength={32} placeholder={t("taxOfGoods")} autoCapitalize="none" />
          </Form.Item>
        </div>
      </Section>
    </TariffPage>
  )
}

/** The fee as a sentence, so that its author reads what buyers will meet. */
function FeeSaid({ fee }: { fee: FeeFields }) {
  const t = useWords(words)
  const terms = feeTermsOf({
    ...blankFee("", fee.currency ?? "CNY"),
    ...fee,
    name: fee.name ?? "",
    payer: fee.payer ?? "buyer",
  })
  const much = terms.rate_bp
    ? t("saidRate", { percent: percentText(terms.rate_bp) })
    : t(`said_${terms.per ?? "order"}`, { amount: moneyText(terms.amount_minor ?? 0, fee.currency ?? "CNY") })
  const parts = [
    much,
    terms.handling ? t("saidHandling", { handling: terms.handling }) : "",
    terms.below_minor ? t("saidBelow", { amount: moneyText(terms.below_minor, fee.currency ?? "CNY") }) : "",
    t(terms.optional ? "saidOptional" : "saidAlways"),
    terms.payer === "buyer" ? "" : t("saidPayer", { payer: terms.payer ?? "" }),
  ].filter(Boolean)
  return (
    <section className="freight-try" aria-label={t("inWords")}>
      <h2>{t("inWords")}</h2>
      <ul className="freight-said">
        {parts.map((part) => (
          <li key={part}>{part}</li>
        ))}
      </ul>
    </section>
  )
}
