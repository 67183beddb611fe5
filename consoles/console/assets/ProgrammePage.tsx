/** The terms of points: what holds, what comes, what is over; a change is a new version. */

import { DeleteOutlined, PlusOutlined } from "@ant-design/icons"
import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import type { PointsTerms, PointsVersion } from "@kit/api/schema.gen"
import { MoneyInput, QuantityInput } from "@kit/form"
import { countText, moneyText, Time } from "@kit/format"
import { Facts, RecordPage, Status } from "@kit/record"
import { useSession } from "@kit/session"
import { Answer, Empty } from "@kit/states"
import { useWords } from "@kit/words"
import { Button, DatePicker, Drawer, Form, Input, InputNumber, Radio } from "antd"
import type { Dayjs } from "dayjs"
import { useState } from "react"
import "./assets.css"
import { Tabs } from "./Tabs"
import { CLAWBACKS, type Fields, fieldsOf, termsOf } from "./terms"
import { words } from "./words"

export default function ProgrammePage() {
  const t = useWords(words)
  const { may } = useSession()
  const [writing, write] = useState(false)
  const seen = api.useQuery("get", "/v1/points/programme", {})
  const begin = may("asset:write") ? (
    <Button type="primary" onClick={() => write(true)}>
      {t("newVersion")}
    </Button>
  ) : null
  return (
    <>
      <Tabs here="/asset/programme" />
      <RecordPage title={t("termsTitle")} lead={t("termsLead")} actions={seen.data?.versions.length ? begin : null}>
        <Answer of={seen}>
          {(found) => (
            <div className="assets-terms">
              {found.versions.length === 0 ? (
                <Empty title={t("noTerms")} body={t("noTermsBody")} action={begin} />
              ) : (
                found.versions.map((one) => <Version key={one.version} of={one} />)
              )}
              {writing ? <Editor terms={found.versions[0]?.terms} close={() => write(false)} /> : null}
            </div>
          )}
        </Answer>
      </RecordPage>
    </>
  )
}

const STATES = { in_force: "inForce", announced: "announced", over: "over" } as const

function Version({ of }: { of: PointsVersion }) {
  const t = useWords(words)
  const terms = of.terms
  const tone = of.state === "in_force" ? "good" : of.state === "announced" ? "busy" : "quiet"
  const rates = (terms.rates ?? []).flatMap((rate) => [
    rate.earn_minor
      ? ([
          t("earnRate"),
          t("earnSays", {
            points: countText(rate.earn_points ?? 0),
            amount: moneyText(rate.earn_minor, rate.currency),
          }),
        ] as [string, string])
      : null,
    rate.burn_minor
      ? ([
          t("burnRate"),
          t("burnSays", {
            points: countText(rate.burn_points ?? 0),
            amount: moneyText(rate.burn_minor, rate.currency),
          }),
        ] as [string, string])
      : null,
  ])
  return (
    <section className={of.state === "over" ? "assets-version over" : "assets-version"}>
      <header>
        <h2>{t("version", { n: of.version })}</h2>
        <Status tone={tone}>{t(STATES[of.state])}</Status>
        <span className="spring" />
        <span className="muted">
          {t("since")} <Time at={of.valid_from} exact />
        </span>
      </header>
      <Facts
        facts={[
          ...rates.filter((one) => one !== null),
          [t("promisedDays"), t("days", { n: terms.promised_days ?? 0 })],
          [t("validMonths"), t("months", { n: terms.valid_months ?? 12 })],
          [t("graceDays"), t("days", { n: terms.grace_days ?? 7 })],
          [t("clawback"), t(`clawbackAs.${terms.clawback ?? "debt"}`)],
          [t("shareMax"), `${(terms.share_bp ?? 10_000) / 100}%`],
          [t("least"), terms.least ? countText(terms.least) : null],
          [t("funder"), terms.funder ?? "points"],
          [t("breakage"), terms.breakage_bp ? `${terms.breakage_bp / 100}%` : null],
          [t("levelsTitle"), multipliers(terms.levels, (n) => t("times", { n }))],
          [t("categoriesTitle"), multipliers(terms.categories, (n) => t("times", { n }))],
          [t("channelsTitle"), multipliers(terms.channels, (n) => t("times", { n }))],
        ]}
      />
    </section>
  )
}

function multipliers(of: Record<string, number> | undefined, say: (n: number) => string): string {
  return Object.entries(of ?? {})
    .map(([code, bp]) => `${code} ${say(bp / 10_000)}`)
    .join(", ")
}

function Editor({ terms, close }: { terms?: PointsTerms; close: () => void }) {
  const t = useWords(words)
  const [form] = Form.useForm<Fields & { valid_from?: Dayjs }>()
  const currency = Form.useWatch("currency", form) ?? "USD"
  const publish = useAct(
    (key, { valid_from, ...one }: Fields & { valid_from?: Dayjs }) =>
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
    <Drawer
      open
      title={t("newVersion")}
      size={560}
      onClose={close}
      extra={
        <Button type="primary" loading={publish.isPending} onClick={() => form.submit()}>
          {t("publish")}
        </Button>
      }
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={fieldsOf(terms)}
        onFinish={(one) => publish.mutate(one)}
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
        <div className="assets-fields">
          <Form.Item name="funder" label={t("funder")} rules={needed}>
            <Input maxLength={64} />
          </Form.Item>
          <Form.Item name="valid_from" label={t("begins")} extra={t("beginsNow")}>
            <DatePicker showTime style={{ width: "100%" }} />
          </Form.Item>
        </div>
      </Form>
    </Drawer>
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
