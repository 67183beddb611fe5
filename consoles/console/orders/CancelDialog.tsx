/** Canceling what has not shipped: how much of each line, why, and what it undoes before it is done. */

import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import type { OrderView } from "@kit/api/schema.gen"
import { useSettled } from "@kit/api/settled"
import { moneyText } from "@kit/format"
import { Refused, Waiting } from "@kit/states"
import { useWords } from "@kit/words"
import { Button, Form, Modal, Select } from "antd"
import { useState } from "react"
import { Reversals } from "./Reversals"
import { taking } from "./taking.words"
import { UnitsTable } from "./UnitsTable"
import { trade } from "./words"

export const CANCEL_REASONS = [
  "changed_mind",
  "out_of_stock",
  "duplicate",
  "wrong_address",
  "suspected_fraud",
  "other",
] as const

export const openUnits = (line: OrderView["lines"][number]) => line.quantity - line.shipped - line.canceled

export function CancelDialog({ order, close }: { order: OrderView; close: () => void }) {
  const t = useWords(taking)
  const tt = useWords(trade)
  const open = order.lines.filter((line) => openUnits(line) > 0)
  const [units, setUnits] = useState<Record<number, number>>(() =>
    Object.fromEntries(open.map((line) => [line.line_no, openUnits(line)])),
  )
  const [reason, setReason] = useState<string>("changed_mind")
  const all = open.every((line) => units[line.line_no] === openUnits(line))
  const chosen = open
    .map((line) => ({ line: line.line_no, quantity: units[line.line_no] ?? 0 }))
    .filter((one) => one.quantity > 0)
  const wish = { reason, lines: all ? [] : chosen }
  const settled = useSettled(wish)
  const path = { order_id: order.id }
  const preview = api.useQuery(
    "post",
    "/v1/orders/{order_id}/cancellations/preview",
    { params: { path }, body: settled },
    { enabled: chosen.length > 0, placeholderData: (before: unknown) => before as never, retry: false },
  )
  const cancel = useAct(
    (key, body: typeof wish) =>
      send(
        fetcher.POST("/v1/orders/{order_id}/cancellations", {
          params: { path, header: { "Idempotency-Key": key } },
          body,
        }),
      ),
    { said: t("canceled"), refresh: ["/v1/orders", "/v1/fulfillments", "/v1/payments", "/v1/refunds"], then: close },
  )
  const count = chosen.reduce((sum, one) => sum + one.quantity, 0)
  const refund = preview.data?.refund ?? 0
  return (
    <Modal
      open
      width={920}
      title={`${t("cancelTitle")} ${order.receipt_no ?? order.id}`}
      onCancel={close}
      footer={[
        <Button key="keep" onClick={close}>
          {t("keep")}
        </Button>,
        <Button
          key="do"
          danger
          type="primary"
          disabled={!chosen.length || preview.isError}
          loading={cancel.isPending}
          onClick={() => cancel.mutate(wish)}
        >
          {refund ? t("cancelAndRefund", { amount: moneyText(refund, order.currency) }) : t("cancelAct", { count })}
        </Button>,
      ]}
    >
      <Form layout="vertical">
        <Form.Item label={t("reason")} htmlFor="cancel-reason" style={{ maxWidth: 320 }}>
          <Select
            id="cancel-reason"
            value={reason}
            onChange={setReason}
            options={CANCEL_REASONS.map((value) => ({ value, label: tt(`reason.${value}`) }))}
          />
        </Form.Item>
      </Form>
      <UnitsTable
        lines={open}
        there={{ title: t("open"), of: openUnits }}
        meant={{
          title: t("cancelUnits"),
          units,
          change: (line, quantity) => setUnits((before) => ({ ...before, [line]: quantity })),
        }}
      />
      {chosen.length === 0 ? (
        <p className="muted">{t("nothing")}</p>
      ) : preview.data ? (
        <Reversals
          currency={order.currency}
          lines={preview.data.lines}
          refunds={preview.data.refunds}
          withheld={preview.data.withheld}
          amount={preview.data.amount}
          refund={preview.data.refund}
          back={false}
        />
      ) : preview.isError ? (
        <Refused error={preview.error} retry={() => preview.refetch()} />
      ) : (
        <Waiting rows={3} />
      )}
    </Modal>
  )
}
