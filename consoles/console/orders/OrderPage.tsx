/** One order: what was sold and how far it is, the money on it, where it goes, and everything that happened. */

import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import type { EventView, OrderView } from "@kit/api/schema.gen"
import { Explain, Explained } from "@kit/explain"
import { amountText, businessDayText, Money, moneyText, Quantity, Time } from "@kit/format"
import { Facts, RecordPage, Section } from "@kit/record"
import { useSession } from "@kit/session"
import { Go, useGo } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer, Waiting } from "@kit/states"
import { Timeline } from "@kit/timeline"
import { useLocale, useWords } from "@kit/words"
import { useInfiniteQuery } from "@tanstack/react-query"
import { App, Button, Drawer } from "antd"
import { useState } from "react"
import { CancelDialog, openUnits } from "./CancelDialog"
import { type Contact, EditDialog } from "./EditDialog"
import { chargedOn, explanationOf, rateText } from "./explained"
import { Claimed, Funding } from "./Funding"
import { happened, happeningsOf } from "./happenings"
import { useKey } from "./keys"
import { Legs, Through } from "./Legs"
import { words } from "./order.words"
import "./orders.css"
import { ReturnDialog, withBuyer } from "./ReturnDialog"
import { OrderStatus, PaymentState, RefundState, WorkState, worded } from "./said"
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
      aside={<What order={order} />}
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
        <Lines order={order} explained={explained.data?.lines} due={due} />
      </Section>
      {may("payment:read") ? (
        <Section title={t("money")}>
          <Answer of={payments} rows={2}>
            {(found) => <Paid order={order} payments={found.items} refunds={refunds.data?.items} />}
          </Answer>
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
          <div className="rows-box">
            <table className="rows">
              <thead>
                <tr>
                  <th scope="col">{t("work")}</th>
                  <th scope="col">{t("location")}</th>
                  <th scope="col">{t("state")}</th>
                  <th scope="col">{t("when")}</th>
                </tr>
              </thead>
              <tbody>
                {works.data.items.map((one) => (
                  <tr key={one.id}>
                    <td>
                      <Go to={`/fulfillment/${one.id}`} className="mono">
                        {one.id}
                      </Go>
                    </td>
                    <td>{one.location}</td>
                    <td>
                      <WorkState state={one.state} />
                    </td>
                    <td>
                      <Time at={one.changed_at} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        ) : null}
        {parcels.data?.length ? (
          <div className="rows-box">
            <table className="rows">
              <thead>
                <tr>
                  <th scope="col">{t("parcel")}</th>
                  <th scope="col">{t("carrier")}</th>
                  <th scope="col">{t("sent")}</th>
                  <th scope="col">{t("delivered")}</th>
                </tr>
              </thead>
              <tbody>
                {parcels.data.map((one) => (
                  <tr key={one.id}>
                    <td className="mono">
                      <Go to={`/shipments/${one.id}`}>{one.id}</Go>
                    </td>
                    <td>
                      {one.carrier} <span className="mono">{one.tracking_no}</span>
                    </td>
                    <td>
                      <Time at={one.shipped_at} />
                    </td>
                    <td>
                      {one.delivered_at ? (
                        <Time at={one.delivered_at} />
                      ) : (
                        <span className="muted">{t("underWay")}</span>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        ) : null}
      </Section>
      {returns.data?.items.length ? (
        <Section title={t("returns")}>
          <div className="rows-box">
            <table className="rows">
              <thead>
                <tr>
                  <th scope="col">{t("back")}</th>
                  <th scope="col">{t("why")}</th>
                  <th scope="col" className="end">
                    {t("units")}
                  </th>
                  <th scope="col" className="end">
                    {t("refunded")}
                  </th>
                  <th scope="col">{t("when")}</th>
                </tr>
              </thead>
              <tbody>
                {returns.data.items.map((one) => (
                  <tr key={one.id}>
                    <td>
                      <Go to={`/returns/${one.id}`} className="mono">
                        {one.id}
                      </Go>
                    </td>
                    <td>{worded(tt, "reason", one.reason)}</td>
                    <td className="end num">{one.units}</td>
                    <td className="end">
                      <Money minor={one.refund} currency={one.currency} />
                    </td>
                    <td>
                      <Time at={one.received_at} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
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

function Lines(props: { order: OrderView; explained?: Parameters<typeof explanationOf>[0][]; due: number }) {
  const t = useWords(words)
  const tt = useWords(trade)
  const { order, due } = props
  const { currency } = order
  const zh = useLocale() === "zh"
  const charged = chargedOn(props.explained ?? [])
  const contained = order.total - charged === order.gross - order.discount
  const steps = new Map(props.explained?.map((line) => [line.line, line]))
  const sums: [string, number, string?][] = [
    [t("gross"), order.gross],
    ...(order.discount ? ([[t("discounts"), -order.discount]] as [string, number][]) : []),
    ...(order.tax ? ([[contained ? t("taxIn") : t("tax"), order.tax]] as [string, number][]) : []),
    ...(charged ? ([[t("charges"), charged]] as [string, number][]) : []),
    [t("total"), order.total, "grand"],
    ...(order.canceled ? ([[t("canceled"), -order.canceled]] as [string, number][]) : []),
    ...(order.returned ? ([[t("returned"), -order.returned]] as [string, number][]) : []),
    [t("paid"), order.paid],
    ...(order.refunded ? ([[t("refunded"), -order.refunded]] as [string, number][]) : []),
    ...(due ? ([[t("due"), due, "grand"]] as [string, number, string][]) : []),
  ]
  return (
    <div className="rows-box">
      <table className="rows">
        <thead>
          <tr>
            <th scope="col">{t("product")}</th>
            <th scope="col" className="end">
              {t("quantity")}
            </th>
            <th scope="col" className="end">
              {t("price")}
            </th>
            <th scope="col" className="end">
              {t("gross")}
            </th>
            <th scope="col" className="end">
              {t("discount")}
            </th>
            <th scope="col" className="end">
              {t("tax")}
            </th>
            <th scope="col" className="end">
              {t("payable")}
            </th>
          </tr>
        </thead>
        <tbody>
          {order.lines.map((line) => {
            const off = line.adjustments.reduce((sum, one) => sum + one.amount, 0)
            const chain = steps.get(line.line_no)
            return (
              <tr key={line.line_no}>
                <td>
                  <span className="item-title">{line.title}</span>
                  <span className="item-code">
                    <Go to={`/products?q=${line.sku}`} className="mono">
                      {line.sku}
                    </Go>{" "}
                    · {line.location}
                  </span>
                  <Counters line={line} />
                </td>
                <td className="end">
                  <Quantity count={line.quantity} unit={line.base_unit} />
                </td>
                <td className="end num">
                  {amountText(line.unit_price, currency)}
                  {line.price_per === 1 ? null : (
                    <span className="muted">
                      {" "}
                      {t("perUnits", { per: line.price_per, unit: line.base_unit === "piece" ? "" : line.base_unit })}
                    </span>
                  )}
                </td>
                <td className="end num">{amountText(line.gross, currency)}</td>
                <td className="end num">{off ? amountText(-off, currency) : <span className="muted">–</span>}</td>
                <td className="end num" title={rateText(line.tax_bp)}>
                  {line.tax ? amountText(line.tax, currency) : <span className="muted">–</span>}
                </td>
                <td className="end num">
                  {chain ? (
                    <Explained title={line.title} explanation={() => explanationOf(chain, currency, t, tt, zh)}>
                      {amountText(line.payable, currency)}
                    </Explained>
                  ) : (
                    amountText(line.payable, currency)
                  )}
                </td>
              </tr>
            )
          })}
        </tbody>
        <tfoot>
          {sums.map(([name, minor, kind]) => (
            <tr key={name} className={kind}>
              <td colSpan={6} className="end">
                {name}
              </td>
              <td className="end">
                <Money minor={minor} currency={currency} bare={kind !== "grand"} />
              </td>
            </tr>
          ))}
        </tfoot>
      </table>
    </div>
  )
}

function Counters({ line }: { line: OrderView["lines"][number] }) {
  const t = useWords(words)
  const open = openUnits(line)
  const told: [number, string][] = [
    [line.shipped, t("shippedCount")],
    [open, t("openCount")],
    [line.canceled, t("canceledCount")],
    [line.returned, t("returnedCount")],
  ]
  return (
    <span className="counters num">
      {told
        .filter(([count]) => count > 0)
        .map(([count, word]) => (
          <span key={word}>
            <b>{count}</b> {word}
          </span>
        ))}
    </span>
  )
}

function Paid(props: {
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
        <div className="rows-box">
          <table className="rows">
            <thead>
              <tr>
                <th scope="col">{t("payment")}</th>
                <th scope="col">{t("method")}</th>
                <th scope="col">{t("state")}</th>
                <th scope="col">{t("when")}</th>
                <th scope="col" className="end">
                  {t("refunded")}
                </th>
                <th scope="col" className="end">
                  {t("amount")}
                </th>
              </tr>
            </thead>
            <tbody>
              {payments.map((one) => (
                <tr key={one.id}>
                  <td>
                    <Go to={`/payments/${one.id}`} className="mono">
                      {one.id}
                    </Go>
                  </td>
                  <td>{worded(tt, "method", one.method)}</td>
                  <td>
                    <PaymentState state={one.state} />
                  </td>
                  <td>
                    <Time at={one.started_at} />
                  </td>
                  <td className="end num">
                    {one.refunded ? amountText(-one.refunded, currency) : <span className="muted">–</span>}
                  </td>
                  <td className="end">
                    <Money minor={one.amount} currency={currency} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      {refunds.length ? (
        <div className="rows-box">
          <table className="rows">
            <thead>
              <tr>
                <th scope="col">{t("refund")}</th>
                <th scope="col">{t("method")}</th>
                <th scope="col">{t("state")}</th>
                <th scope="col">{t("why")}</th>
                <th scope="col">{t("when")}</th>
                <th scope="col" className="end">
                  {t("amount")}
                </th>
              </tr>
            </thead>
            <tbody>
              {refunds.map((one) => (
                <tr key={one.id}>
                  <td>
                    <Go to={`/refunds/${one.id}`} className="mono">
                      {one.id}
                    </Go>
                  </td>
                  <td>{worded(tt, "method", one.method)}</td>
                  <td>
                    <RefundState state={one.state} />
                  </td>
                  <td>{worded(tt, "reason", one.reason)}</td>
                  <td>
                    <Time at={one.requested_at} />
                  </td>
                  <td className="end">
                    <Money minor={-one.amount} currency={currency} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </>
  )
}

function What({ order }: { order: OrderView }) {
  const t = useWords(happened)
  const tt = useWords(trade)
  const { may } = useSession()
  const path = { order_id: order.id }
  const pages = useInfiniteQuery({
    queryKey: ["get", "/v1/orders/{order_id}/timeline", { path }, "pages"],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam }) =>
      send(fetcher.GET("/v1/orders/{order_id}/timeline", { params: { path, query: { after: pageParam, limit: 50 } } })),
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: 10_000,
  })
  const events: EventView[] = pages.data?.pages.flatMap((page) => [...page.items]) ?? []
  const comment = useAct(
    (key, text: string) =>
      send(
        fetcher.POST("/v1/orders/{order_id}/comments", {
          params: { path, header: { "Idempotency-Key": key } },
          body: { text },
        }),
      ),
    { refresh: ["/v1/orders/{order_id}/timeline"] },
  )
  if (pages.isPending) return <Waiting rows={6} />
  return (
    <Timeline
      happenings={happeningsOf(events, t, tt, order.currency)}
      onComment={may("order:comment") ? (text) => comment.mutateAsync(text) : undefined}
      onMore={pages.hasNextPage ? () => void pages.fetchNextPage() : undefined}
    />
  )
}
