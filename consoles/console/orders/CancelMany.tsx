/** Canceling orders by the dozen: each stands or falls alone, and every refusal is told. */

import { send } from "@kit/api/act"
import { fetcher, idempotencyKey, problemOf } from "@kit/api/client"
import type { OrderRowView } from "@kit/api/schema.gen"
import { moneyText } from "@kit/format"
import { problemText } from "@kit/states"
import { useWords } from "@kit/words"
import { useQueryClient } from "@tanstack/react-query"
import { Button, Modal, Progress, Select } from "antd"
import { useState } from "react"
import { CANCEL_REASONS } from "./CancelDialog"
import { taking } from "./taking.words"
import { trade } from "./words"

export function CancelMany({ orders, done }: { orders: OrderRowView[]; done: () => void }) {
  const t = useWords(taking)
  const tt = useWords(trade)
  const client = useQueryClient()
  const [reason, setReason] = useState<string>("out_of_stock")
  const [outcomes, setOutcomes] = useState<{ id: string; why: string }[]>([])
  const [running, run] = useState(false)
  const finished = orders.length > 0 && outcomes.length === orders.length
  const paid = new Map<string, number>()
  for (const one of orders) paid.set(one.currency, (paid.get(one.currency) ?? 0) + one.paid - one.refunded)

  async function cancelAll() {
    run(true)
    for (const one of orders) {
      const outcome = { id: one.id, why: "" }
      try {
        const params = { path: { order_id: one.id }, header: { "Idempotency-Key": idempotencyKey() } }
        await send(fetcher.POST("/v1/orders/{order_id}/cancellations", { params, body: { reason, lines: [] } }))
      } catch (thrown) {
        const problem = problemOf(thrown)
        if (!problem) throw thrown
        outcome.why = `${problemText(problem).title}: ${problemText(problem).detail}`
      }
      setOutcomes((before) => [...before, outcome])
    }
    run(false)
    await client.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[1]).startsWith("/v1/orders") })
  }

  function close() {
    setOutcomes([])
    done()
  }

  const refused = outcomes.filter((one) => one.why)
  return (
    <Modal
      open={orders.length > 0}
      title={t("manyTitle", { count: orders.length })}
      onCancel={running ? undefined : close}
      footer={
        finished
          ? [
              <Button key="stop" type="primary" onClick={close}>
                {t("stop")}
              </Button>,
            ]
          : [
              <Button key="no" disabled={running} onClick={close}>
                {t("notNow")}
              </Button>,
              <Button key="do" danger type="primary" loading={running} onClick={() => void cancelAll()}>
                {t("manyAct", { count: orders.length })}
              </Button>,
            ]
      }
    >
      <p>{t("manyBody")}</p>
      {[...paid]
        .filter(([, sum]) => sum > 0)
        .map(([currency, sum]) => (
          <p key={currency}>{t("manyPaid", { amount: moneyText(sum, currency) })}</p>
        ))}
      <Select
        style={{ width: "100%" }}
        aria-label={t("reason")}
        value={reason}
        disabled={running || finished}
        onChange={setReason}
        options={CANCEL_REASONS.map((value) => ({ value, label: tt(`reason.${value}`) }))}
      />
      {outcomes.length ? <Progress percent={Math.floor((outcomes.length * 100) / orders.length)} /> : null}
      {finished ? (
        <p aria-live="polite">{t("manyDone", { done: orders.length - refused.length, refused: refused.length })}</p>
      ) : null}
      <ul>
        {refused.map((one) => (
          <li key={one.id}>
            <span className="mono">{one.id}</span> {one.why}
          </li>
        ))}
      </ul>
    </Modal>
  )
}
