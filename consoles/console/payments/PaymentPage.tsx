/** One payment: its other tries, what its channel told of it, and what went back. */

import { api } from "@kit/api/client"
import type { PaymentView } from "@kit/api/schema.gen"
import { exactText, Money, moneyText, Time } from "@kit/format"
import { Facts, RecordPage, Section } from "@kit/record"
import { Opens, Rows } from "@kit/record/Rows"
import { useSession } from "@kit/session"
import { Go, useGo } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useWords } from "@kit/words"
import "../orders/orders.css"
import { PaymentState, RefundState, worded } from "../orders/said"
import { trade } from "../orders/words"
import { words } from "./words"

export default function PaymentPage() {
  const id = usePlace("payment")
  const found = api.useQuery("get", "/v1/payments/{payment_id}", { params: { path: { payment_id: id } } })
  return <Answer of={found}>{(one) => <Payment payment={one} />}</Answer>
}

function Payment({ payment }: { payment: PaymentView }) {
  const t = useWords(words)
  const tt = useWords(trade)
  const { may } = useSession()
  const go = useGo()
  const siblings = api.useQuery("get", "/v1/orders/{order_id}/payments", {
    params: { path: { order_id: payment.order } },
  })
  const notices = api.useQuery("get", "/v1/payment-notices", { params: { query: { payment: payment.id, limit: 100 } } })
  const refunds = api.useQuery("get", "/v1/refunds", { params: { query: { payment: payment.id } } })
  const verdicts = new Set(notices.data?.items.map((one) => one.verdict))
  return (
    <RecordPage
      title={
        <>
          {moneyText(payment.amount, payment.currency)}{" "}
          <span className="muted">{worded(tt, "method", payment.method)}</span>
        </>
      }
      tab={payment.id}
      back={{ to: "/payments", label: t("payments") }}
      status={<PaymentState state={payment.state} />}
      lead={
        <>
          <span className="mono">{payment.id}</span> · {t("order")}{" "}
          <Go to={`/orders/${payment.order}`} className="mono">
            {payment.order}
          </Go>{" "}
          · <Time at={payment.started_at} />
        </>
      }
      more={
        may("ledger:read")
          ? [{ key: "ledger", label: t("ledger"), onClick: () => go(`/ledger/orders/${payment.order}`) }]
          : []
      }
    >
      {(["late", "duplicate", "rejected"] as const)
        .filter((one) => verdicts.has(one) || (one === "late" && payment.state === "late"))
        .map((one) => (
          <p key={one} className={`note-bar${one === "rejected" ? " bad" : ""}`}>
            <strong>{t(`${one}Title`)}</strong> <span>{t(`${one}Body`)}</span>
          </p>
        ))}
      <Facts
        facts={[
          [t("amount"), <Money key="a" minor={payment.amount} currency={payment.currency} />],
          [
            t("refunded"),
            payment.refunded ? <Money key="r" minor={-payment.refunded} currency={payment.currency} /> : null,
          ],
          [t("started"), exactText(payment.started_at)],
          [t("settled"), payment.settled_at ? exactText(payment.settled_at) : null],
          [
            t("channelRef"),
            payment.channel_ref ? (
              <span key="c" className="mono">
                {payment.channel_ref}
              </span>
            ) : null,
          ],
          [
            t("code"),
            payment.code ? (
              <span key="q" className="mono">
                {payment.code}
              </span>
            ) : null,
          ],
        ]}
      />
      <br />
      <Section title={t("heard")}>
        {payment.method === "cash" ? (
          <p className="muted">{t("cash")}</p>
        ) : notices.data?.items.length === 0 ? (
          <p className="muted">{t("heardNone")}</p>
        ) : (
          <Rows
            rows={notices.data?.items ?? []}
            by={(one) => one.id}
            columns={[
              { title: t("at"), look: "num", of: (one) => exactText(one.at) },
              { title: t("verdict"), of: (one) => tt.maybe(`verdict.${one.verdict}`) },
              { title: t("detail"), of: (one) => one.detail },
              { title: t("event"), look: "mono", of: (one) => one.channel_event },
            ]}
          />
        )}
      </Section>
      <Section title={t("goesBack")}>
        {refunds.data?.items.length === 0 ? <p className="muted">{t("goesBackNone")}</p> : null}
        <Rows
          rows={refunds.data?.items ?? []}
          by={(one) => one.id}
          columns={[
            { of: (one) => <Opens to="/refunds" id={one.id} /> },
            { of: (one) => <RefundState state={one.state} /> },
            { of: (one) => worded(tt, "reason", one.reason) },
            { of: (one) => <Time at={one.requested_at} /> },
            { end: true, of: (one) => <Money minor={-one.amount} currency={one.currency} /> },
          ]}
        />
      </Section>
      <Section title={t("siblings")}>
        {siblings.data?.items.length === 1 ? <p className="muted">{t("siblingsNone")}</p> : null}
        {(siblings.data?.items.length ?? 0) > 1 ? (
          <Rows
            rows={siblings.data?.items ?? []}
            by={(one) => one.id}
            columns={[
              {
                of: (one) =>
                  one.id === payment.id ? (
                    <>
                      <span className="mono">{one.id}</span> <span className="muted">{t("this")}</span>
                    </>
                  ) : (
                    <Opens to="/payments" id={one.id} />
                  ),
              },
              { of: (one) => worded(tt, "method", one.method) },
              { of: (one) => <PaymentState state={one.state} /> },
              { of: (one) => <Time at={one.started_at} /> },
              { end: true, of: (one) => <Money minor={one.amount} currency={one.currency} /> },
            ]}
          />
        ) : null}
      </Section>
    </RecordPage>
  )
}
