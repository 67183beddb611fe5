/** Talks with companies about prices: whose turn it is, what was asked and offered, until when. */

import { DeleteOutlined, PlusOutlined } from "@ant-design/icons"
import { send, useAct } from "@kit/api/act"
import { fetcher } from "@kit/api/client"
import { MoneyInput, QuantityInput } from "@kit/form"
import { Money, Time } from "@kit/format"
import { ListPage as List, type RowOf } from "@kit/list"
import { Status, type Tone, useTitle } from "@kit/record"
import { useSession } from "@kit/session"
import { Go, useGo } from "@kit/shell/go"
import { useWords } from "@kit/words"
import { Button, Checkbox, DatePicker, Form, Input, Modal, Select } from "antd"
import type { Dayjs } from "dayjs"
import { useState } from "react"
import "./prices.css"
import { choices, type Named, useAll } from "../products/catalog"
import { agreeing } from "./agreeing"
import { Tabs } from "./Tabs"

type Row = RowOf<"/v1/price-negotiations">
const TONES: Record<string, Tone> = {
  asked: "warn",
  offered: "busy",
  accepted: "good",
  declined: "quiet",
  expired: "bad",
}
const STAGES = ["asked", "offered", "accepted", "declined", "withdrawn", "expired"] as const

export default function NegotiationsPage() {
  const t = useWords(agreeing)
  const { may } = useSession()
  const [adding, add] = useState(false)
  useTitle(t("negotiations"))
  const open = may("pricing:write") ? (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => add(true)}>
      {t("open")}
    </Button>
  ) : null
  return (
    <>
      <List
        name="price-negotiations"
        title={t("negotiations")}
        path="/v1/price-negotiations"
        row={(one) => one.negotiation}
        open={(one) => `/prices/negotiations/${one.negotiation}`}
        above={<Tabs here="/prices/negotiations" />}
        action={open}
        filters={[
          {
            key: "stage",
            title: t("stage"),
            kind: "choice",
            pinned: true,
            options: STAGES.map((value) => ({ value, label: t(`talks.${value}`) })),
          },
          { key: "company", title: t("company"), kind: "text" },
        ]}
        columns={[
          {
            key: "company",
            title: t("company"),
            always: true,
            width: "minmax(180px, 1.4fr)",
            render: (one) => (
              <Go to={`/prices/negotiations/${one.negotiation}`}>
                <strong className="cut">{one.company_name}</strong>
              </Go>
            ),
          },
          {
            key: "title",
            title: t("title"),
            width: "minmax(140px, 1.4fr)",
            render: (one) => <span className="cut">{one.title}</span>,
          },
          { key: "stage", title: t("turn"), width: "170px", render: (one) => <Turn of={one} /> },
          {
            key: "asked",
            title: t("asked"),
            width: "130px",
            align: "end",
            render: (one) => <Sum minor={one.asked_minor} of={one} />,
          },
          {
            key: "offered",
            title: t("offered"),
            width: "130px",
            align: "end",
            render: (one) => <Sum minor={one.offered_minor} of={one} />,
          },
          {
            key: "list",
            title: t("listSum"),
            width: "130px",
            align: "end",
            render: (one) => <Sum minor={one.list_minor} of={one} />,
          },
          { key: "expires", title: t("expires"), width: "130px", render: (one) => <Time at={one.expires_at} /> },
        ]}
        empty={{ title: t("none"), body: t("noneBody"), action: open }}
      />
      {adding ? <OpenOne close={() => add(false)} /> : null}
    </>
  )
}

export function Turn({ of }: { of: Pick<Row, "status"> }) {
  const t = useWords(agreeing)
  return <Status tone={TONES[of.status] ?? "quiet"}>{t.maybe(`talks.${of.status}`)}</Status>
}

function Sum({ minor, of }: { minor: number | null | undefined; of: Pick<Row, "currency"> }) {
  return typeof minor === "number" ? <Money minor={minor} currency={of.currency} /> : <span className="muted">–</span>
}

interface Fields {
  company: string
  channel: string
  title?: string
  lines: { sku: string; quantity: number; amount?: number | null }[]
  text?: string
  expires?: Dayjs
  until?: Dayjs
  capped?: boolean
}

function OpenOne({ close }: { close: () => void }) {
  const t = useWords(agreeing)
  const go = useGo()
  const [form] = Form.useForm<Fields>()
  const companies = useAll<Named>("/v1/companies")
  const channels = useAll<Named & { currency: string }>("/v1/channels")
  const channel = Form.useWatch("channel", form)
  const currency = channels.find((one) => one.code === channel)?.currency ?? "CNY"
  const post = useAct(
    (key, one: Fields) =>
      send(
        fetcher.POST("/v1/price-negotiations", {
          params: { header: { "Idempotency-Key": key } },
          body: {
            company: one.company,
            channel: one.channel,
            title: one.title ?? "",
            text: one.text ?? "",
            capped: one.capped ?? false,
            lines: one.lines.map((line) => ({
              sku: line.sku.trim(),
              quantity: line.quantity,
              ...(typeof line.amount === "number" ? { amount_minor: line.amount } : {}),
            })),
            ...(one.expires ? { expires_at: one.expires.toISOString() } : {}),
            ...(one.until ? { valid_to: one.until.toISOString() } : {}),
          } as never,
        }),
      ),
    {
      said: t("opened"),
      refresh: ["/v1/price-negotiations"],
      form,
      then: (answer) => go(`/prices/negotiations/${answer.negotiation.negotiation}`),
    },
  )
  const needed = [{ required: true, message: t("required") }]
  return (
    <Modal
      open
      width={760}
      title={t("openTitle")}
      okText={t("openNow")}
      cancelText={t("cancel")}
      okButtonProps={{ loading: post.isPending }}
      onCancel={close}
      onOk={() => form.submit()}
    >
      <Form<Fields>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ lines: [{ quantity: 1 }], channel: channels[0]?.code }}
        onFinish={(one) => post.mutate(one)}
      >
        <div className="price-fields">
          <Form.Item name="company" label={t("company")} rules={needed}>
            <Select options={choices(companies)} showSearch={{ optionFilterProp: "label" }} autoFocus />
          </Form.Item>
          <Form.Item name="channel" label={t("channel")} rules={needed}>
            <Select options={choices(channels)} />
          </Form.Item>
          <Form.Item name="title" label={t("title")}>
            <Input maxLength={200} />
          </Form.Item>
        </div>
        <Form.List name="lines">
          {(lines, { add, remove }) => (
            <>
              {lines.map(({ key, name }) => (
                <div className="price-wishes" key={key}>
                  <Form.Item name={[name, "sku"]} label={name === 0 ? t("sku") : undefined} rules={needed}>
                    <Input className="mono" maxLength={64} aria-label={t("sku")} />
                  </Form.Item>
                  <Form.Item name={[name, "quantity"]} label={name === 0 ? t("quantity") : undefined} rules={needed}>
                    <QuantityInput min={1} />
                  </Form.Item>
                  <Form.Item name={[name, "amount"]} label={name === 0 ? t("wish") : undefined}>
                    <MoneyInput currency={currency} />
                  </Form.Item>
                  <Form.Item label={name === 0 ? " " : undefined}>
                    <Button
                      type="text"
                      icon={<DeleteOutlined />}
                      disabled={lines.length === 1}
                      aria-label={t("removeLine", { no: name + 1 })}
                      onClick={() => remove(name)}
                    />
                  </Form.Item>
                </div>
              ))}
              <Button type="dashed" icon={<PlusOutlined />} onClick={() => add({ quantity: 1 })}>
                {t("addLine")}
              </Button>
            </>
          )}
        </Form.List>
        <Form.Item name="text" label={t("message")} style={{ marginTop: 16 }}>
          <Input.TextArea rows={2} maxLength={4000} />
        </Form.Item>
        <div className="price-fields">
          <Form.Item name="expires" label={t("expires")}>
            <DatePicker showTime style={{ width: "100%" }} />
          </Form.Item>
          <Form.Item name="until" label={t("validTo")}>
            <DatePicker showTime style={{ width: "100%" }} placeholder={t("forEver")} />
          </Form.Item>
        </div>
        <Form.Item name="capped" valuePropName="checked">
          <Checkbox>{t("capped")}</Checkbox>
        </Form.Item>
      </Form>
    </Modal>
  )
}
