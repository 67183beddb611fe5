/** A seller who does not deliver what was sold in advance: everything goes back, and the earnest is owed once more. */

import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import type { components } from "@kit/api/schema.gen"
import { Money, moneyText } from "@kit/format"
import { Status } from "@kit/record"
import { useSession } from "@kit/session"
import { Go } from "@kit/shell/go"
import { defineWords, useWords } from "@kit/words"
import { Button, Form, Input, Modal } from "antd"
import { useState } from "react"

type Order = components["schemas"]["OrderView"]

const words = defineWords({
  en: {
    act: "Seller defaults",
    title: "The seller will not deliver this order",
    body: "The buyer gets everything back that was paid, and the earnest of {amount} is owed once more. The order is canceled for good.",
    reason: "Reason",
    reasonHint: "out_of_stock, supplier_failed …",
    required: "Needed",
    cancel: "Cancel",
    done: "Canceled; {amount} more is owed to the buyer",
    owed: "The seller defaulted and owes",
    paid: "paid out",
    open: "not paid out yet",
  },
  zh: {
    act: "商家违约",
    title: "商家无法交付该订单",
    body: "买家已付款项全部退回，定金 {amount} 另赔一倍，订单取消且不可恢复。",
    reason: "原因",
    reasonHint: "out_of_stock、supplier_failed 等",
    required: "必填",
    cancel: "取消",
    done: "订单已取消，另赔买家 {amount}",
    owed: "商家违约应赔",
    paid: "已赔付",
    open: "待赔付",
  },
})

export function SellerDefault({ order }: { order: Order }) {
  const t = useWords(words)
  const { may } = useSession()
  const [asking, ask] = useState(false)
  const earnest = order.payables.filter((one) => one.kept).reduce((sum, one) => sum + one.paid, 0)
  const owed = api.useQuery(
    "get",
    "/v1/compensations",
    { params: { query: { order: order.id } } },
    { enabled: earnest > 0 && order.status === "canceled" && may("payment:read") },
  )
  const [one] = owed.data?.items ?? []
  if (one)
    return (
      <p>
        {t("owed")} <Money minor={one.amount} currency={one.currency} />{" "}
        {one.paid_at ? (
          <Status tone="good">{t("paid")}</Status>
        ) : (
          <Go to="/plays/owed">
            <Status tone="busy">{t("open")}</Status>
          </Go>
        )}
      </p>
    )
  if (!earnest || !["placed", "paid"].includes(order.status) || !may("order:cancel")) return null
  return (
    <>
      <p>
        <Button danger size="small" onClick={() => ask(true)}>
          {t("act")}
        </Button>
      </p>
      {asking ? <Asked order={order} earnest={earnest} done={() => ask(false)} /> : null}
    </>
  )
}

function Asked({ order, earnest, done }: { order: Order; earnest: number; done: () => void }) {
  const t = useWords(words)
  const [form] = Form.useForm<{ reason: string }>()
  const act = useAct(
    (key, body: { reason: string }) =>
      send(
        fetcher.POST("/v1/orders/{order_id}/default", {
          params: { path: { order_id: order.id }, header: { "Idempotency-Key": key } },
          body,
        }),
      ),
    {
      said: (made) => t("done", { amount: moneyText(made.compensation, made.currency) }),
      refresh: ["/v1/orders", "/v1/compensations", "/v1/refunds"],
      form,
      then: done,
    },
  )
  return (
    <Modal
      open
      title={t("title")}
      okText={t("act")}
      cancelText={t("cancel")}
      okButtonProps={{ danger: true, loading: act.isPending }}
      onCancel={done}
      onOk={() => form.submit()}
    >
      <p>{t("body", { amount: moneyText(earnest, order.currency) })}</p>
      <Form form={form} layout="vertical" onFinish={(typed) => act.mutateAsync(typed).catch(() => {})}>
        <Form.Item
          name="reason"
          label={t("reason")}
          extra={t("reasonHint")}
          rules={[{ required: true, whitespace: true, message: t("required") }]}
        >
          <Input autoFocus className="mono" maxLength={64} />
        </Form.Item>
      </Form>
    </Modal>
  )
}
