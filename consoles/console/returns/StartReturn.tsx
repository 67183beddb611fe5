/** A return begins with the order: found by what the customer has at hand, then returned from. */

import { api } from "@kit/api/client"
import type { OrderRowView } from "@kit/api/schema.gen"
import { useSettled } from "@kit/api/settled"
import { Money, Time } from "@kit/format"
import { Rows } from "@kit/record/Rows"
import { useWords } from "@kit/words"
import { Button, Input, Modal, Skeleton } from "antd"
import { useState } from "react"
import { ReturnDialog } from "../orders/ReturnDialog"
import { OrderStatus } from "../orders/said"
import { words } from "./words"

export function StartReturn({ close }: { close: () => void }) {
  const t = useWords(words)
  const [typed, type] = useState("")
  const [chosen, choose] = useState<string>()
  const q = useSettled(typed.trim())
  const found = api.useQuery("get", "/v1/orders", { params: { query: { q, limit: 100 } } }, { enabled: q.length > 1 })
  const order = api.useQuery(
    "get",
    "/v1/orders/{order_id}",
    { params: { path: { order_id: chosen ?? "" } } },
    { enabled: chosen !== undefined },
  )
  if (order.data && chosen) return <ReturnDialog order={order.data} close={close} />
  const rows = found.data?.items.filter(returnable).slice(0, 20) ?? []
  return (
    <Modal open title={t("startTitle")} width={840} footer={null} onCancel={close}>
      <Input.Search
        autoFocus
        size="large"
        value={typed}
        placeholder={t("startHint")}
        aria-label={t("startHint")}
        onChange={(event) => type(event.target.value)}
      />
      {found.isFetching && !found.data ? <Skeleton active /> : null}
      {found.data && rows.length === 0 ? <p className="muted">{t("startNone")}</p> : null}
      <Rows
        rows={rows}
        by={(one) => one.id}
        columns={[
          {
            of: (one) => (
              <Button type="link" size="small" className="mono" onClick={() => choose(one.id)}>
                {one.receipt_no ?? one.id}
              </Button>
            ),
          },
          { of: (one) => <OrderStatus status={one.status} /> },
          { of: (one) => one.buyer || t("guest") },
          { of: (one) => one.first_title },
          { end: true, of: (one) => <Money minor={one.total} currency={one.currency} /> },
          { end: true, of: (one) => <Time at={one.placed_at} /> },
        ]}
      />
    </Modal>
  )
}

function returnable(one: OrderRowView): boolean {
  return one.units_shipped > one.units_returned
}
