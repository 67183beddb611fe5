/** The money of an order: what is owed and when, what was paid, what went back. */

import type { OrderView } from "@kit/api/schema.gen"
import { amountText, Money, Time } from "@kit/format"
import { Facts } from "@kit/record"
import { None, Opens, Rows } from "@kit/record/Rows"
import { useWords } from "@kit/words"
import { Legs } from "./Legs"
import { words } from "./order.words"
import { PaymentState, RefundState, worded } from "./said"
import { trade } from "./words"

export function OrderMoney(props: {
  order: OrderView
  payments?: { id: string; method: string; amount: number; refunded: number; state: string; started_at: string }[]
  refunds?: { id: string; method: string; amount: number; state: string; reason: string; requested_at: string }[]
}) {
  const t = useWords(words)
  const tt = useWords(trade)
  const { order, payments = [], refunds = [] } = props
  const { currency } = order
  return (
    <>
      {order.payables.length > 1 ? (
        <Legs order={order} />
      ) : order.payables.some((one) => one.due_at && one.paid < one.amount) ? (
        <Facts
          facts={order.payables.map((one) => [
            t("owed"),
            <span key={one.payable_no}>
              <Money minor={one.amount - one.paid} currency={currency} />
              {one.due_at ? (
                <span className="muted">
                  {" "}
                  · {t("dueAt")} <Time at={one.due_at} />
                </span>
              ) : null}
            </span>,
          ])}
        />
      ) : null}
      {payments.length === 0 ? <p className="muted">{t("noPayments")}</p> : null}
      {payments.length ? (
        <Rows
          rows={payments}
          by={(one) => one.id}
          columns={[
            { title: t("payment"), of: (one) => <Opens to="/payments" id={one.id} /> },
            { title: t("method"), of: (one) => worded(tt, "method", one.method) },
            { title: t("state"), of: (one) => <PaymentState state={one.state} /> },
            { title: t("when"), of: (one) => <Time at={one.started_at} /> },
            {
              title: t("refunded"),
              end: true,
              of: (one) => (one.refunded ? amountText(-one.refunded, currency) : <None />),
            },
            { title: t("amount"), end: true, of: (one) => <Money minor={one.amount} currency={currency} /> },
          ]}
        />
      ) : null}
      {refunds.length ? (
        <Rows
          rows={refunds}
          by={(one) => one.id}
          columns={[
            { title: t("refund"), of: (one) => <Opens to="/refunds" id={one.id} /> },
            { title: t("method"), of: (one) => worded(tt, "method", one.method) },
            { title: t("state"), of: (one) => <RefundState state={one.state} /> },
            { title: t("why"), of: (one) => worded(tt, "reason", one.reason) },
            { title: t("when"), of: (one) => <Time at={one.requested_at} /> },
            { title: t("amount"), end: true, of: (one) => <Money minor={-one.amount} currency={currency} /> },
          ]}
        />
      ) : null}
    </>
  )
}
