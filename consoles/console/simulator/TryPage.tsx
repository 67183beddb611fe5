/** A basket in; why and why not out. */

import { DeleteOutlined, PlusOutlined } from "@ant-design/icons"
import { api } from "@kit/api/client"
import type { paths } from "@kit/api/schema.gen"
import { QuantityInput } from "@kit/form"
import { moneyText } from "@kit/format"
import { useSearchState } from "@kit/list"
import { RecordPage, Status, type Tone } from "@kit/record"
import { Empty, Refused, Waiting } from "@kit/states"
import { useLocale, useWords } from "@kit/words"
import { Button, Form, Input, Select } from "antd"
import { useEffect } from "react"
import { choices, type Named, useAll } from "../products/catalog"
import { basketOf, basketText, type Wish } from "./basket"
import "./simulator.css"
import { words } from "./try.words"

type Tried = paths["/v1/promotions/try"]["post"]["responses"]["200"]["content"]["application/json"]
type Reason = Tried["reasons"][number]

interface Fields {
  channel: string
  store?: string
  level?: string
  coupons?: string[]
  lines: (Partial<Wish> | undefined)[]
}

const TONES: Record<Reason["outcome"], Tone> = { applied: "good", near: "warn", beaten: "quiet", barred: "quiet" }
const OUTCOMES = ["applied", "near", "beaten", "barred"] as const

export default function TryPage() {
  const t = useWords(words)
  const [search, change] = useSearchState()
  const [form] = Form.useForm<Fields>()
  const channels = useAll<Named>("/v1/channels")
  const stores = useAll<Named & { channel: string }>("/v1/stores")
  const channel = Form.useWatch("channel", form)
  const implied = search.channel ?? channels[0]?.code
  useEffect(() => {
    const lines = basketOf(search.lines)
    form.setFieldsValue({
      channel: implied,
      store: search.store,
      level: search.level,
      coupons: search.coupons ? search.coupons.split(",") : [],
      lines: lines.length ? lines : [{ quantity: 1 }],
    })
  }, [form, search, implied])
  const lines = basketOf(search.lines)
  return (
    <RecordPage title={t("title")} lead={t("lead")} back={{ to: "/simulator", label: t("replayTitle") }}>
      <div className="sim-try">
        <Form<Fields>
          form={form}
          layout="vertical"
          requiredMark={false}
          className="sim-basket"
          onFinish={(one) =>
            change({
              channel: one.channel,
              store: one.store,
              level: one.level?.trim() || undefined,
              coupons: one.coupons?.length ? one.coupons.join(",") : undefined,
              lines: basketText(one.lines) || undefined,
            })
          }
        >
          <Form.List name="lines">
            {(fields, { add, remove }) => (
              <fieldset>
                <legend>{t("basket")}</legend>
                {fields.map(({ key, name }) => (
                  <div key={key} className="sim-wish">
                    <Form.Item
                      name={[name, "sku"]}
                      rules={[{ required: true, whitespace: true, message: t("required") }]}
                    >
                      <Input
                        className="mono"
                        placeholder={t("sku")}
                        aria-label={`${t("line", { no: name + 1 })}: ${t("sku")}`}
                      />
                    </Form.Item>
                    <Form.Item name={[name, "quantity"]} rules={[{ required: true, message: t("required") }]}>
                      <QuantityInput min={1} aria-label={`${t("line", { no: name + 1 })}: ${t("quantity")}`} />
                    </Form.Item>
                    <Button
                      type="text"
                      icon={<DeleteOutlined />}
                      aria-label={t("remove", { no: name + 1 })}
                      disabled={fields.length < 2}
                      onClick={() => remove(name)}
                    />
                  </div>
                ))}
                <Button type="dashed" icon={<PlusOutlined />} onClick={() => add({ quantity: 1 })} block>
                  {t("add")}
                </Button>
              </fieldset>
            )}
          </Form.List>
          <Form.Item name="channel" label={t("channel")} rules={[{ required: true, message: t("required") }]}>
            <Select options={choices(channels)} />
          </Form.Item>
          <Form.Item name="store" label={t("store")}>
            <Select
              allowClear
              placeholder={t("anyStore")}
              showSearch={{ optionFilterProp: "label" }}
              options={choices(stores.filter((one) => !channel || one.channel === channel))}
            />
          </Form.Item>
          <Form.Item name="level" label={t("level")}>
            <Input placeholder={t("nobody")} maxLength={64} />
          </Form.Item>
          <Form.Item name="coupons" label={t("coupons")}>
            <Select
              mode="tags"
              tokenSeparators={[",", " "]}
              open={false}
              suffixIcon={null}
              placeholder={t("couponsHint")}
            />
          </Form.Item>
          <Button type="primary" htmlType="submit" block>
            {t("ask")}
          </Button>
        </Form>
        <div aria-live="polite">
          {lines.length && implied ? (
            <Outcome channel={implied} search={search} lines={lines} />
          ) : (
            <Empty title={t("pickFirst")} body={t("pickFirstBody")} />
          )}
        </div>
      </div>
    </RecordPage>
  )
}

function Outcome({ channel, search, lines }: { channel: string; search: Record<string, string>; lines: Wish[] }) {
  const tried = api.useQuery("post", "/v1/promotions/try", {
    body: {
      channel,
      lines,
      store: search.store ?? null,
      buyer: search.level ? { level: search.level, groups: [], first_order: false } : null,
      coupons: search.coupons ? search.coupons.split(",") : [],
    } as never,
  })
  if (tried.isError) return <Refused error={tried.error} />
  if (!tried.data) return <Waiting rows={8} />
  return <Told tried={tried.data as Tried} />
}

function Told({ tried }: { tried: Tried }) {
  const t = useWords(words)
  const money = (minor: number) => moneyText(minor, tried.currency)
  const funder = (name: string) => (name === "seller" ? t("seller") : name)
  return (
    <>
      <section className="sim-verdict">
        <h2>
          {t(tried.off_minor ? "verdict" : "verdictNone", {
            net: money(tried.net_minor),
            gross: money(tried.gross_minor),
          })}
        </h2>
        {tried.off_minor ? <p>{t("off", { amount: money(tried.off_minor) })}</p> : null}
        {tried.freight.map((one) => (
          <p key={one.rule}>
            {one.max_minor
              ? t("freight", { amount: money(one.max_minor), rule: one.rule })
              : t("freightAll", { rule: one.rule })}
          </p>
        ))}
      </section>
      <section className="sim-table sim-gap">
        <h2>{t("lines")}</h2>
        <table aria-label={t("lines")}>
          <thead>
            <tr>
              <th scope="col">{t("sku")}</th>
              <th scope="col" className="end">
                {t("list")}
              </th>
              <th scope="col" className="end">
                {t("takenOff")}
              </th>
              <th scope="col" className="end">
                {t("left")}
              </th>
            </tr>
          </thead>
          <tbody>
            {tried.lines.map((line) => (
              <tr key={line.line_no}>
                <th scope="row" className="sim-wrap">
                  {line.quantity} × {line.title} <span className="mono muted">{line.sku}</span>
                </th>
                <td className="end num">{money(line.gross_minor)}</td>
                <td className="end num">
                  {tried.adjustments
                    .filter((one) => one.line_no === line.line_no)
                    .map((one) => (
                      <div key={`${one.rule} ${one.funder}`}>
                        {moneyText(-one.amount, tried.currency)}{" "}
                        <span className="muted">
                          {t("by", { rule: one.rule })} · {t("paidBy", { funder: funder(one.funder) })}
                        </span>
                      </div>
                    ))}
                </td>
                <td className="end num">{money(line.net_minor)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {OUTCOMES.map((outcome) => (
        <Reasons
          key={outcome}
          outcome={outcome}
          reasons={tried.reasons.filter((one) => one.outcome === outcome)}
          of={tried}
        />
      ))}
      <p className="muted sim-proof">
        {tried.certificates
          .map((one) =>
            one.exact
              ? t("proven", { count: one.candidates, stage: t.maybe(`stage_${one.stage}`) })
              : t("unproven", { stage: t.maybe(`stage_${one.stage}`), gap: money(one.bound - one.chosen) }),
          )
          .join(" ")}
      </p>
    </>
  )
}

function Reasons({ outcome, reasons, of }: { outcome: Reason["outcome"]; reasons: Reason[]; of: Tried }) {
  const t = useWords(words)
  const zh = useLocale() === "zh"
  if (!reasons.length) return null
  return (
    <section className="sim-table sim-gap">
      <h2>
        <Status tone={TONES[outcome]}>
          {t(outcome)} {reasons.length}
        </Status>
      </h2>
      <ul className="sim-reasons">
        {reasons.map((one) => (
          <li key={`${one.rule} ${one.why}`}>
            <div>
              <strong>{(zh && one.name_zh) || one.name}</strong> <span className="mono muted">{one.rule}</span>
              <p>{zh ? one.sentence_zh : one.sentence}</p>
            </div>
            <div className="end num">
              {one.amount && outcome === "applied" ? <strong>{moneyText(-one.amount, of.currency)}</strong> : null}
              <p>{said(one)}</p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  )

  function said(one: Reason): string {
    const why = one.why ? t.maybe(`why_${one.why}`, { by: one.by ?? "" }) : ""
    const gap =
      one.gap_unit === "minor"
        ? t("more", { amount: moneyText(one.gap ?? 0, of.currency) })
        : one.gap_unit === "units" && one.why !== "add_gift"
          ? t("moreUnits", { count: one.gap ?? 0 })
          : ""
    const by = outcome === "beaten" && one.by ? t("beatenBy", { rule: one.by }) : ""
    return [gap || why, by].filter(Boolean).join(" · ")
  }
}
