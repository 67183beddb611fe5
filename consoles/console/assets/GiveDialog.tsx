/** Giving points or red packets by hand, to one member or to many. */

import { send, useAct } from "@kit/api/act"
import { fetcher } from "@kit/api/client"
import { MoneyInput, QuantityInput } from "@kit/form"
import { useWords } from "@kit/words"
import { DatePicker, Form, Input, Modal, Segmented } from "antd"
import dayjs, { type Dayjs } from "dayjs"
import "./assets.css"
import { words } from "./words"

interface Fields {
  kind: "points" | "red_packet"
  members: string
  amount: number | null
  currency: string
  until: Dayjs
  funder: string
  reason: string
}

export function GiveDialog({
  member,
  currency = "USD",
  close,
}: {
  member?: string
  currency?: string
  close: () => void
}) {
  const t = useWords(words)
  const [form] = Form.useForm<Fields>()
  const kind = Form.useWatch("kind", form) ?? "points"
  const chosen = Form.useWatch("currency", form) ?? currency
  const give = useAct(
    (key, one: Fields) =>
      send(
        fetcher.POST("/v1/assets/grants", {
          params: { header: { "Idempotency-Key": key } },
          body: {
            kind: one.kind,
            members: (member ?? one.members).split(/\s+/).filter(Boolean),
            amount: one.amount ?? 0,
            expires_at: one.until.toISOString(),
            funder: one.funder.trim(),
            reason: one.reason.trim(),
            ...(one.kind === "red_packet" ? { currency: one.currency } : {}),
          } as never,
        }),
      ),
    { said: t("gave"), refresh: ["/v1/assets", "/v1/members"], form, then: close },
  )
  const needed = [{ required: true, message: t("required") }]
  return (
    <Modal
      open
      title={t("giveTitle")}
      okText={t("giveNow")}
      cancelText={t("cancel")}
      confirmLoading={give.isPending}
      onCancel={close}
      onOk={() => form.submit()}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ kind: "points", currency, until: dayjs().add(1, "year").endOf("day"), funder: "points" }}
        onFinish={(one) => give.mutate(one)}
      >
        <Form.Item name="kind" label={t("kind")}>
          <Segmented
            options={(["points", "red_packet"] as const).map((value) => ({ value, label: t(`kinds.${value}`) }))}
          />
        </Form.Item>
        {member ? null : (
          <Form.Item name="members" label={t("members")} rules={needed} extra={t("membersHint")}>
            <Input.TextArea autoFocus rows={3} className="mono" />
          </Form.Item>
        )}
        <div className="assets-fields">
          <Form.Item name="amount" label={t("giveAmount")} rules={needed}>
            {kind === "points" ? (
              <QuantityInput min={1} autoFocus={Boolean(member)} />
            ) : (
              <MoneyInput currency={chosen} />
            )}
          </Form.Item>
          {kind === "red_packet" ? (
            <Form.Item name="currency" label={t("currency")} rules={needed}>
              <Input maxLength={3} className="mono" />
            </Form.Item>
          ) : null}
          <Form.Item name="until" label={t("until")} rules={needed}>
            <DatePicker style={{ width: "100%" }} />
          </Form.Item>
        </div>
        <div className="assets-fields">
          <Form.Item name="funder" label={t("funder")} rules={needed} extra={t("funderHint")}>
            <Input maxLength={64} />
          </Form.Item>
          <Form.Item name="reason" label={t("reason")} rules={needed}>
            <Input maxLength={200} />
          </Form.Item>
        </div>
      </Form>
    </Modal>
  )
}
