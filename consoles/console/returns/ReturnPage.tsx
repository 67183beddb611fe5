/** One return: what came back and where it is, and the money that went back for it. */

import { api } from "@kit/api/client"
import type { ReturnView } from "@kit/api/schema.gen"
import { amountText, Money, Time } from "@kit/format"
import { Facts, RecordPage, Section, Status } from "@kit/record"
import { useSession } from "@kit/session"
import { Go, useGo } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useWords } from "@kit/words"
import "../orders/orders.css"
import { RefundState, worded } from "../orders/said"
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
        <div className="rows-box">
          <table className="rows">
            <thead>
              <tr>
                <th scope="col">{t("product")}</th>
                <th scope="col" className="end">
                  {t("units")}
                </th>
                <th scope="col">{t("location")}</th>
                <th scope="col" className="end">
                  {t("refund")}
                </th>
              </tr>
            </thead>
            <tbody>
              {back.lines.map((line) => (
                <tr key={line.line}>
                  <td>
                    <span className="item-title">{titles.get(line.line)}</span>
                    <span className="item-code mono">{line.sku}</span>
                  </td>
                  <td className="end num">{line.quantity}</td>
                  <td>{line.restock ? `${back.location} · ${t("restocked")}` : t("scrapped")}</td>
                  <td className="end num">{amountText(line.refund, back.currency)}</td>
                </tr>
              ))}
            </tbody>
            <tfoot>
              <tr className="grand">
                <td colSpan={3} className="end">
                  {t("refund")}
                </td>
                <td className="end">
                  <Money minor={back.refund} currency={back.currency} />
                </td>
              </tr>
            </tfoot>
          </table>
        </div>
      </Section>
      {may("payment:read") ? (
        <Section title={t("refunds")}>
          {refunds.data?.items.length === 0 ? <p className="muted">{t("noRefunds")}</p> : null}
          <div className="rows-box">
            <table className="rows">
              <tbody>
                {refunds.data?.items.map((one) => (
                  <tr key={one.id}>
                    <td>
                      <Go to={`/refunds/${one.id}`} className="mono">
                        {one.id}
                      </Go>
                    </td>
                    <td>{worded(tt, "method", one.method)}</td>
                    <td>{worded(tt, "reason", one.reason)}</td>
                    <td>
                      <RefundState state={one.state} />
                    </td>
                    <td className="end">
                      <Money minor={one.amount} currency={one.currency} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
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
