/** One return: what came back and where it is, and the money that went back for it. */

import { api } from "@kit/api/client"
import type { ReturnView } from "@kit/api/schema.gen"
import { amountText, Money, Time } from "@kit/format"
import { Facts, RecordPage, Section, Status } from "@kit/record"
import { Goods, Opens, Rows } from "@kit/record/Rows"
import { useSession } from "@kit/session"
import { Go, useGo } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useWords } from "@kit/words"
import "../orders/orders.css"
import { reasons } from "../orders/Reversals"
import { RefundState, worded } from "../orders/said"
import { taking } from "../orders/taking.words"
import { trade } from "../orders/words"
import { words } from "./words"

export default function ReturnPage() {
  const id = usePlace("return")
  const found = api.useQuery("get", "/v1/returns/{return_id}", { params: { path: { return_id: id } } })
  return <Answer of={found}>{(one) => <Return back={one} />}</Answer>
}

function Return({ back }: { back: ReturnView }) {
  const t = useWords(words)
  const tt = useWords(trade)
  const tk = useWords(taking)
  const { may } = useSession()
  const go = useGo()
  const order = api.useQuery(
    "get",
    "/v1/orders/{order_id}",
    { params: { path: { order_id: back.order } } },
    { enabled: may("order:read") },
  )
  const refunds = api.useQuery(
    "get",
    "/v1/refunds",
    { params: { query: { order: back.order } } },
    { enabled: may("payment:read") },
  )
  const titles = new Map(order.data?.lines.map((line) => [line.line_no, line.title]))
  return (
    <RecordPage
      title={<span className="mono">{back.id}</span>}
      tab={back.id}
      back={{ to: "/returns", label: t("title") }}
      status={<Status tone="good">{t("state.received")}</Status>}
      lead={
        <>
          {worded(tt, "reason", back.reason)} · {t("order")}{" "}
          <Go to={`/orders/${back.order}`} className="mono">
            {back.receipt_no ?? back.order}
          </Go>{" "}
          · <Time at={back.received_at} />
        </>
      }
      more={
        may("ledger:read")
          ? [{ key: "ledger", label: t("ledger"), onClick: () => go(`/ledger/orders/${back.order}`) }]
          : []
      }
    >
      <Section title={t("lines")}>
        <Rows
          rows={back.lines}
          by={(line) => line.line}
          columns={[
            { title: t("product"), of: (line) => <Goods title={titles.get(line.line)} sku={line.sku} /> },
            { title: t("units"), end: true, of: (line) => line.quantity },
            {
              title: t("location"),
              of: (line) => (line.restock ? `${back.location} · ${t("restocked")}` : t("scrapped")),
            },
            { title: t("refund"), end: true, of: (line) => amountText(line.refund, back.currency) },
          ]}
          foot={
            <>
              {reasons(back.withheld).map((one) => (
                <tr key={`${one.kind} ${one.rule}`}>
                  <td colSpan={3} className="end">
                    {tk(one.minor > 0 ? one.kind : "letGo")} <span className="mono muted">{one.rule}</span>
                  </td>
                  <td className="end">{amountText(-one.minor, back.currency)}</td>
                </tr>
              ))}
              <tr className="grand">
                <td colSpan={3} className="end">
                  {t("refund")}
                </td>
                <td className="end">
                  <Money minor={back.refund} currency={back.currency} />
                </td>
              </tr>
            </>
          }
        />
      </Section>
      {may("payment:read") ? (
        <Section title={t("refunds")}>
          {refunds.data?.items.length === 0 ? <p className="muted">{t("noRefunds")}</p> : null}
          <Rows
            rows={refunds.data?.items ?? []}
            by={(one) => one.id}
            columns={[
              { of: (one) => <Opens to="/refunds" id={one.id} /> },
              { of: (one) => worded(tt, "method", one.method) },
              { of: (one) => worded(tt, "reason", one.reason) },
              { of: (one) => <RefundState state={one.state} /> },
              { end: true, of: (one) => <Money minor={one.amount} currency={one.currency} /> },
            ]}
          />
        </Section>
      ) : null}
      <Facts
        facts={[
          [t("buyer"), back.buyer],
          [t("store"), back.store],
          [t("receipt"), back.receipt_no],
          [t("location"), back.location],
        ]}
      />
    </RecordPage>
  )
}
