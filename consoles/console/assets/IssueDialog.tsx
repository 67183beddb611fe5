/** Issuing cards. Their codes are shown once, to be kept by whoever sells them. */

import { DownloadOutlined } from "@ant-design/icons"
import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import type { NewCardView } from "@kit/api/schema.gen"
import { MoneyInput, QuantityInput } from "@kit/form"
import { moneyText } from "@kit/format"
import { saveAs } from "@kit/list/export"
import { Rows } from "@kit/record/Rows"
import { useWords } from "@kit/words"
import { Button, Checkbox, DatePicker, Form, Modal, Select } from "antd"
import type { Dayjs } from "dayjs"
import { useState } from "react"
import "./assets.css"
import { type Origin, OriginFields, originOf } from "./Origin"
import { words } from "./words"

interface Fields extends Origin {
  count: number
  amount: number | null
  channel: string
  pin: boolean
  expires?: Dayjs
}

export function IssueDialog({ close }: { close: () => void }) {
  const t = useWords(words)
  const [form] = Form.useForm<Fields>()
  const [made, tell] = useState<readonly NewCardView[]>()
  const channels = api.useQuery("get", "/v1/channels", {})
  const count = Form.useWatch("count", form)
  const amount = Form.useWatch("amount", form)
  const chosen = Form.useWatch("channel", form)
  const currency = channels.data?.items.find((one) => one.code === chosen)?.currency ?? "USD"
  const issue = useAct(
    (_key, one: Fields) =>
      send(
        fetcher.POST("/v1/cards", {
          body: {
            count: one.count,
            amount_minor: one.amount ?? 0,
            currency,
            channel: one.channel,
            active: one.how !== "later",
            pin: one.pin,
            ...originOf(one),
            ...(one.expires ? { expires_at: one.expires.endOf("day").toISOString() } : {}),
          } as never,
        }),
      ),
    { refresh: ["/v1/cards", "/v1/assets"], form, then: (answer) => tell(answer.cards) },
  )
  const needed = [{ required: true, message: t("required") }]
  if (made) return <Codes cards={made} close={close} />
  return (
    <Modal
      open
      title={t("issueTitle")}
      okText={
        typeof amount === "number" && count
          ? t("issueNow", { count, amount: moneyText(amount * count, currency) })
          : t("issuePlain")
      }
      cancelText={t("cancel")}
      confirmLoading={issue.isPending}
      onCancel={close}
      onOk={() => form.submit()}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ count: 1, how: "sold", method: "cash", pin: false }}
        onFinish={(one) => issue.mutate(one)}
      >
        <div className="assets-fields">
          <Form.Item name="count" label={t("count")} rules={needed}>
            <QuantityInput min={1} max={1000} autoFocus />
          </Form.Item>
          <Form.Item name="amount" label={t("worthEach")} rules={needed}>
            <MoneyInput currency={currency} />
          </Form.Item>
          <Form.Item name="channel" label={t("channel")} rules={needed}>
            <Select
              options={channels.data?.items.map((one) => ({ value: one.code, label: one.name }))}
              loading={channels.isPending}
            />
          </Form.Item>
        </div>
        <OriginFields later />
        <div className="assets-fields">
          <Form.Item name="expires" label={t("cardExpiry")}>
            <DatePicker style={{ width: "100%" }} placeholder={t("never")} />
          </Form.Item>
          <Form.Item name="pin" valuePropName="checked" label=" ">
            <Checkbox>{t("withPin")}</Checkbox>
          </Form.Item>
        </div>
      </Form>
    </Modal>
  )
}

function Codes({ cards, close }: { cards: readonly NewCardView[]; close: () => void }) {
  const t = useWords(words)
  function download() {
    const rows = [["code", "pin"], ...cards.map((one) => [one.code, one.pin ?? ""])]
    saveAs(new Blob([rows.map((row) => row.join(",")).join("\r\n")], { type: "text/csv" }), "cards.csv")
  }
  return (
    <Modal
      open
      title={t("codesTitle")}
      closable={false}
      footer={[
        <Button key="download" icon={<DownloadOutlined />} onClick={download}>
          {t("download")}
        </Button>,
        <Button key="done" type="primary" onClick={close}>
          {t("done")}
        </Button>,
      ]}
    >
      <p>{t("codesBody")}</p>
      <div className="assets-codes">
        <Rows
          rows={cards}
          by={(one) => one.id}
          columns={[
            { title: t("code"), look: () => "mono", of: (one) => one.code },
            cards.some((one) => one.pin) && { title: t("pin"), look: () => "mono", of: (one) => one.pin },
          ]}
        />
      </div>
    </Modal>
  )
}
