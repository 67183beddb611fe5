/** Shortening an order before it ships, and changing whom and where to deliver. */

import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import type { OrderView } from "@kit/api/schema.gen"
import { useSettled } from "@kit/api/settled"
import { moneyText } from "@kit/format"
import { Refused } from "@kit/states"
import { useWords } from "@kit/words"
import { Button, Form, Input, Modal } from "antd"
import { useState } from "react"
import { Reversals } from "./Reversals"
import { taking } from "./taking.words"
import { UnitsTable } from "./UnitsTable"

export interface Contact {
  name?: string
  phone?: string
  region?: string
  address?: string
}

export function EditDialog({ order, close }: { order: OrderView; close: () => void }) {
  const t = useWords(taking)
  const [form] = Form.useForm<Contact>()
  const held = (order.contact ?? {}) as Contact
  const kept = (line: OrderView["lines"][number]) => line.quantity - line.canceled
  const lines = order.lines.filter((line) => kept(line) > 0)
  const [units, setUnits] = useState<Record<number, number>>(() =>
    Object.fromEntries(lines.map((line) => [line.line_no, kept(line)])),
  )
  const [contact, setContact] = useState<Contact>(held)
  const shorter = lines
    .map((line) => ({ line: line.line_no, quantity: units[line.line_no] ?? 0, was: kept(line) }))
    .filter((one) => one.quantity !== one.was)
    .map(({ line, quantity }) => ({ line, quantity }))
  const moved = (["name", "phone", "region", "address"] as const).some(
    (name) => (contact[name] ?? "") !== (held[name] ?? ""),
  )
  const wish = { lines: shorter, contact: moved ? contact : null, revision: order.revision }
  const settled = useSettled({ lines: shorter })
  const path = { order_id: order.id }
  const preview = api.useQuery(
    "post",
    "/v1/orders/{order_id}/edits/preview",
    { params: { path }, body: settled as never },
    { enabled: settled.lines.length > 0, retry: false },
  )
  const edit = useAct(
    (key, body: typeof wish) =>
      send(
        fetcher.PATCH("/v1/orders/{order_id}", {
          params: { path },
          headers: { "Idempotency-Key": key },
          body: body as never,
        }),
      ),
    { said: t("edited"), refresh: ["/v1/orders", "/v1/fulfillments", "/v1/refunds"], then: close },
  )
  const refund = shorter.length ? (preview.data?.refund ?? 0) : 0
  return (
    <Modal
      open
      width={920}
      title={`${t("editTitle")} ${order.id}`}
      onCancel={close}
      footer={[
        <Button key="no" onClick={close}>
          {t("notNow")}
        </Button>,
        <Button
          key="do"
          type="primary"
          disabled={!shorter.length && !moved}
          loading={edit.isPending}
          onClick={() => edit.mutate(wish)}
        >
          {refund ? t("editAndRefund", { amount: moneyText(refund, order.currency) }) : t("editAct")}
        </Button>,
      ]}
    >
      <p className="muted">{t("grow")}</p>
      <UnitsTable
        lines={lines}
        there={{ title: t("ordered"), of: kept }}
        meant={{
          title: t("keepUnits"),
          units,
          change: (line, quantity) => setUnits((before) => ({ ...before, [line]: quantity })),
        }}
      />
      <Form
        form={form}
        layout="vertical"
        initialValues={held}
        onValuesChange={(_, every: Contact) => setContact(every)}
        style={{
          marginTop: 16,
          display: "grid",
          gridTemplateColumns: "repeat(auto-fit, minmax(240px, 1fr))",
          columnGap: 16,
        }}
      >
        {(["name", "phone", "region", "address"] as const).map((name) => (
          <Form.Item key={name} name={name} label={t(name)}>
            <Input maxLength={name === "address" ? 500 : name === "phone" ? 40 : 200} />
          </Form.Item>
        ))}
      </Form>
      {shorter.length && preview.data ? (
        <Reversals
          currency={order.currency}
          lines={preview.data.lines}
          refunds={preview.data.refunds}
          withheld={preview.data.withheld}
          amount={preview.data.amount}
          refund={preview.data.refund}
          back={false}
        />
      ) : shorter.length && preview.isError ? (
        <Refused error={preview.error} retry={() => preview.refetch()} />
      ) : null}
    </Modal>
  )
}
