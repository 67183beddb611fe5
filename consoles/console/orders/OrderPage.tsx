/** One order: what was sold and how far it is, the money on it, where it goes, and everything that happened. */

import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import type { OrderView } from "@kit/api/schema.gen"
import { Explain } from "@kit/explain"
import { businessDayText, Money, moneyText, Time } from "@kit/format"
import { Facts, RecordPage, Section } from "@kit/record"
import { Opens, Rows } from "@kit/record/Rows"
import { useSession } from "@kit/session"
import { Go, useGo } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useLocale, useWords } from "@kit/words"
import { App, Button, Drawer } from "antd"
import { useState } from "react"
import { CancelDialog, openUnits } from "./CancelDialog"
import { type Contact, EditDialog } from "./EditDialog"
import { explanationOf } from "./explained"
import { Claimed, Funding } from "./Funding"
import { useKey } from "./keys"
import { Through } from "./Legs"
import { Margin } from "./Margin"
import { OrderHappenings } from "./OrderHappenings"
import { OrderLines } from "./OrderLines"
import { OrderMoney } from "./OrderMoney"
import { words } from "./order.words"
import "./orders.css"
import { ReturnDialog, withBuyer } from "./ReturnDialog"
import { OrderStatus, WorkState, worded } from "./said"
import { trade } from "./words"

export default function OrderPage() {
  const id = usePlace("order")
  const order = api.useQuery("get", "/v1/orders/{order_id}", { params: { path: { order_id: id } } })
  return <Answer of={order}>{(found) => <Order key={found.id} order={found} />}</Answer>
}

type Dialog = "cancel" | "edit" | "return" | "explain" | null

function Order({ order }: { order: OrderView }) {
  const t = useWords(words)
  const tt = useWords(trade)
  const { may } = useSession()
  const { message } = App.useApp()
  const go = useGo()
  const zh = useLocale() === "zh"
  const [dialog, show] = useState<Dialog>(null)
  const path = { order_id: order.id }
  const explained = api.useQuery("get", "/v1/orders/{order_id}/explain", { params: { path } })
  const payments = api.useQuery(
    "get",
    "/v1/orders/{order_id}/payments",
    { params: { path } },
    { enabled: may("payment:read") },
  )
  const refunds = api.useQuery(
    "get",
    "/v1/refunds",
    { params: { query: { order: order.id } } },
    { enabled: may("payment:read") },
  )
  const works = api.useQuery(
    "get",
    "/v1/fulfillments",
    { params: { query: { order_id: order.id, limit: 100 } } },
    { enabled: may("fulfillment:read") },
  )
  const parcels = api.useQuery(
    "get",
    "/v1/orders/{order_id}/shipments",
    { params: { path } },
    { enabled: may("fulfillment:read") },
  )
  const returns = api.useQuery(
    "get",
    "/v1/returns",
    { params: { query: { order: order.id } } },
    { enabled: may("care:read") },
  )
  const margin = api.useQuery(
    "get",
    "/v1/orders/{order_id}/margin",
    { params: { path } },
    { enabled: may("cost:read") },
  )
  const release = useAct(
    (key) =>
      send(
        fetcher.POST("/v1/fulfillments", { params: { header: { "Idempotency-Key": key } }, body: { order: order.id } }),
      ),
    { said: t("released"), refresh: ["/v1/orders", "/v1/fulfillments"] },
  )
  useKey("e", () => show((before) => (before === "explain" ? null : "explain")))

  const open = order.lines.some((line) => openUnits(line) > 0)
  const returnable = order.lines.some((line) => withBuyer(line) > 0)
  const changeable = ["placed", "paid"].includes(order.status)
  const due = ["placed", "paid", "partly_shipped"].includes(order.status)
    ? Math.max(order.total - order.canceled - order.paid, 0)
    : 0
  const work = works.data?.items.find((one) => ["released", "picking", "picked"].includes(one.state))
  const releasable =
    ["paid", "partly_shipped"].includes(order.status) && open && works.data !== undefined && !work && !order.awaits
  const late = payments.data?.items.some((one) => one.state === "late")
  const failed = refunds.data?.items.some((one) => one.state === "failed")
  const contact = order.contact as Contact | null

  return (
    <RecordPage
      title={
        <>
          {contact?.name ? `${contact.name} ` : null}
          <span className={contact?.name ? "mono title-no" : "mono"}>{order.receipt_no ?? order.id}</span>
        </>
      }
      tab={[contact?.name, order.receipt_no ?? order.id].filter(Boolean).join(" ")}
      back={{ to: "/orders", label: t("orders") }}
      status={<OrderStatus status={order.status} />}
      lead={
        <>
          {order.receipt_no ? <span className="mono">{order.id} · </span> : null}
          {order.store ? `${order.store} · ` : null}
          {worded(tt, "scene", order.scene)} · <Time at={order.placed_at} />
          {order.member ? (
            <>
              {" · "}
              <Go to={`/members/${order.member}`}>{t("buyer")}</Go>
            </>
          ) : null}
          <Through order={order} />
        </>
      }
      actions={
        <>
          {work && may("fulfillment:write") ? (
            <Button type="primary" onClick={() => go(`/fulfillment/${work.id}`)}>
              {t("goTo")}
            </Button>
          ) : releasable && may("fulfillment:write") ? (
            <Button type="primary" loading={release.isPending} onClick={() => release.mutate(undefined)}>
              {t("release")}
            </Button>
          ) : returnable && may("care:return") ? (
            <Button type="primary" onClick={() => show("return")}>
              {t("giveBack")}
            </Button>
          ) : null}
          {open && ["placed", "paid", "partly_shipped"].includes(order.status) && may("order:cancel") ? (
            <Button onClick={() => show("cancel")}>{t("cancel")}</Button>
          ) : null}
        </>
      }
      more={[
        ...(changeable && may("order:edit") ? [{ key: "edit", label: t("edit"), onClick: () => show("edit") }] : []),
        ...(returnable && (work || releasable) && may("care:return")
          ? [{ key: "return", label: t("giveBack"), onClick: () => show("return") }]
          : []),
        { key: "explain", label: t("explain"), extra: "e", onClick: () => show("explain") },
        ...(may("ledger:read")
          ? [{ key: "ledger", label: t("ledger"), onClick: () => go(`/ledger/orders/${order.id}`) }]
          : []),
        { key: "print", label: t("print"), onClick: () => go(`/orders/${order.id}/print`) },
        {
          key: "copy",
          label: t("copy"),
          onClick: () => void navigator.clipboard.writeText(order.id).then(() => message.success(t("copied"))),
        },
      ]}
      aside={<OrderHappenings order={order} />}
    >
      {late ? <p className="note-bar">{t("lateMoney")}</p> : null}
      {failed ? (
        <p className="note-bar bad">
          <span>{t("refundFailed")}</span>
          <Go to={`/refunds?order=${order.id}&state=failed`}>{t("refund")}</Go>
        </p>
      ) : null}
      {due > 0 && order.paid > 0 ? (
        <p className="note-bar">{t("partlyPaid", { due: moneyText(due, order.currency) })}</p>
      ) : null}
      <Section
        title={t("lines")}
        extra={
          <Button type="link" size="small" onClick={() => show("explain")} title={t("explainKey")}>
            {t("explain")} <kbd>e</kbd>
          </Button>
        }
      >
        <OrderLines order={order} explained={explained.data?.lines} due={due} />
      </Section>
      {may("payment:read") ? (
        <Section title={t("money")}>
          <Answer of={payments} rows={2}>
            {(found) => <OrderMoney order={order} payments={found.items} refunds={refunds.data?.items} />}
          </Answer>
        </Section>
      ) : null}
      {margin.data ? (
        <Section title={t("margin")}>
          <Margin of={margin.data} />
        </Section>
      ) : null}
      <Section title={t("delivery")}>
        {contact && Object.values(contact).some(Boolean) ? (
          <p>
            {[contact.name, contact.phone].filter(Boolean).join(" · ")}
            <br />
            <span className="muted">{[contact.region, contact.address].filter(Boolean).join(", ")}</span>
          </p>
        ) : order.receipt_no ? (
          <p className="muted">{t("noContact")}</p>
        ) : null}
        {works.data?.items.length ? (
          <Rows
            rows={works.data.items}
            by={(one) => one.id}
            columns={[
              { title: t("work"), of: (one) => <Opens to="/fulfillment" id={one.id} /> },
              { title: t("location"), of: (one) => one.location },
              { title: t("state"), of: (one) => <WorkState state={one.state} /> },
              { title: t("when"), of: (one) => <Time at={one.changed_at} /> },
            ]}
          />
        ) : null}
        {parcels.data?.length ? (
          <Rows
            rows={parcels.data}
            by={(one) => one.id}
            columns={[
              { title: t("parcel"), of: (one) => <Opens to="/shipments" id={one.id} /> },
              {
                title: t("carrier"),
                of: (one) => (
                  <>
                    {one.carrier} <span className="mono">{one.tracking_no}</span>
                  </>
                ),
              },
              { title: t("sent"), of: (one) => <Time at={one.shipped_at} /> },
              {
                title: t("delivered"),
                of: (one) =>
                  one.delivered_at ? <Time at={one.delivered_at} /> : <span className="muted">{t("underWay")}</span>,
              },
            ]}
          />
        ) : null}
      </Section>
      {returns.data?.items.length ? (
        <Section title={t("returns")}>
          <Rows
            rows={returns.data.items}
            by={(one) => one.id}
            columns={[
              { title: t("back"), of: (one) => <Opens to="/returns" id={one.id} /> },
              { title: t("why"), of: (one) => worded(tt, "reason", one.reason) },
              { title: t("units"), end: true, of: (one) => one.units },
              { title: t("refunded"), end: true, of: (one) => <Money minor={one.refund} currency={one.currency} /> },
              { title: t("when"), of: (one) => <Time at={one.received_at} /> },
            ]}
          />
        </Section>
      ) : null}
      <Section title={t("facts")}>
        <Facts
          facts={[
            [t("channel"), order.channel],
            [t("store"), order.store],
            [t("till"), order.device],
            [t("receipt"), order.receipt_no],
            [t("seller"), order.seller],
            [t("day"), businessDayText(order.business_day)],
            [
              t("plan"),
              <span key="plan" className="mono">
                {order.plan_version}
              </span>,
            ],
            [t("revision"), String(order.revision)],
          ]}
        />
      </Section>
      {dialog === "cancel" ? <CancelDialog order={order} close={() => show(null)} /> : null}
      {dialog === "edit" ? <EditDialog order={order} close={() => show(null)} /> : null}
      {dialog === "return" ? <ReturnDialog order={order} close={() => show(null)} /> : null}
      <Drawer open={dialog === "explain"} onClose={() => show(null)} title={t("explain")} size={480}>
        {explained.data?.lines.map((line) => (
          <section key={line.line} className="steps-of">
            <h3>{line.title}</h3>
            <Explain {...explanationOf(line, order.currency, t, tt, zh)} />
          </section>
        ))}
        {explained.data ? <Funding of={explained.data} /> : null}
        {explained.data ? <Claimed of={explained.data} /> : null}
      </Drawer>
    </RecordPage>
  )
}
