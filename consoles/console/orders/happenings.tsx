/** What happened to an order, in sentences: who, what, and the thing it was about as a link. */

import type { EventView } from "@kit/api/schema.gen"
import { countText, moneyText } from "@kit/format"
import { Go } from "@kit/shell/go"
import type { Happening } from "@kit/timeline"
import { defineWords, type Say } from "@kit/words"
import type { ReactNode } from "react"
import { actedBy, type Trade, worded } from "./said"

export const happened = defineWords({
  en: {
    placed: "Order placed, {total} to pay",
    rung: "Sold at the till for {total}",
    paid: "Paid in full",
    canceled: "Canceled {lines}: {reason}",
    canceledAll: "Canceled: {reason}",
    expired: "Closed: not paid in time",
    edited: "Order shortened: {lines}",
    contact: "Delivery contact changed",
    commented: "Comment",
    returned: "Returned {lines}: {reason}",
    late: "{amount} came after the order had closed",
    lateApplied: "the goods were still there, so the order lives again",
    lateRefunded: "it goes back to the payer",
    started: "Payment of {amount} by {method} started",
    captured: "{amount} received by {method}",
    failed: "Payment of {amount} by {method} failed",
    refundRequested: "Refund of {amount} asked of the channel",
    refundDone: "{amount} given back",
    refundFailed: "Refund of {amount} failed",
    released: "Released to the warehouse: {lines}",
    picked: "Picked {lines}",
    short: "Short: {lines} not on the shelf",
    sent: "Parcel sent: {lines}",
    parcel: "Parcel",
    work: "Fulfillment order",
    delivered: "Parcel delivered",
    joined: "Became a member",
    earnedPoints: "Earned {units} points",
    clawedPoints: "{units} points taken back",
    gotPoints: "Got {units} points",
    gotPacket: "Got a red packet of {amount}",
    lostAssets: "{units} taken by hand",
    expiredPoints: "{units} points expired",
    identity: "Recognized by one more identity",
    blocked: "Blocked",
    unblocked: "Let in again",
    units: "{quantity} × line {line}",
    many: "{units} units of {lines} lines",
    and: ", ",
    refund: "Refund",
    payment: "Payment",
    back: "Return",
    by: "by {carrier}",
  },
  zh: {
    placed: "下单，应付 {total}",
    rung: "收银台成交 {total}",
    paid: "已付清",
    canceled: "取消 {lines}：{reason}",
    canceledAll: "取消订单：{reason}",
    expired: "超时未付款，自动关闭",
    edited: "改单减少：{lines}",
    contact: "修改收货信息",
    commented: "备注",
    returned: "退货 {lines}：{reason}",
    late: "订单关闭后又收到 {amount}",
    lateApplied: "货还在，订单恢复有效",
    lateRefunded: "款项原路退回",
    started: "发起{method}付款 {amount}",
    captured: "{method}收款 {amount}",
    failed: "{method}付款 {amount} 失败",
    refundRequested: "已向渠道申请退款 {amount}",
    refundDone: "已退款 {amount}",
    refundFailed: "退款 {amount} 失败",
    released: "下发仓库：{lines}",
    picked: "拣货 {lines}",
    short: "缺货：{lines} 未找到",
    sent: "包裹出库：{lines}",
    parcel: "包裹",
    work: "履约单",
    delivered: "包裹已签收",
    joined: "成为会员",
    earnedPoints: "获得 {units} 积分",
    clawedPoints: "扣回 {units} 积分",
    gotPoints: "到账 {units} 积分",
    gotPacket: "收到红包 {amount}",
    lostAssets: "手工扣减 {units}",
    expiredPoints: "{units} 积分过期",
    identity: "新增一种身份",
    blocked: "停用会员",
    unblocked: "恢复会员",
    units: "第 {line} 行 × {quantity}",
    many: "{lines} 行共 {units} 件",
    and: "、",
    refund: "退款",
    payment: "付款",
    back: "退货单",
    by: "承运 {carrier}",
  },
})

interface Units {
  line: number | null
  quantity: number
}

interface Facts {
  amount?: number
  total?: number
  currency?: string
  method?: string
  reason?: string
  text?: string
  outcome?: string
  carrier?: string
  tracking_no?: string
  order?: string
  tender?: string
  refund?: string
  return?: string
  work?: string
  shipment?: string
  lines?: Units[]
  short?: Units[]
  unit?: string
  points?: number
}

/** The events that say what another one says as well. */
const TOLD_TWICE = new Set(["order.shipped.v1"])

export function happeningsOf(
  events: EventView[],
  t: Say<typeof happened.en>,
  words: Trade,
  currency: string,
  withOrder = false,
): Happening[] {
  return events
    .filter((event) => !TOLD_TWICE.has(event.type))
    .map((event) => ({
      key: event.id,
      at: event.at,
      who: actedBy(words, event.actor, event.who),
      ...sentence(event.type, event.facts as Facts, t, words, currency, withOrder),
    }))
}

type Sentence = Pick<Happening, "what" | "comment" | "detail" | "tone">

function sentence(
  type: string,
  facts: Facts,
  t: Say<typeof happened.en>,
  words: Trade,
  currency: string,
  withOrder: boolean,
): Sentence {
  const amount = moneyText(facts.amount ?? 0, facts.currency ?? currency)
  const total = moneyText(facts.total ?? 0, facts.currency ?? currency)
  const method = worded(words, "method", facts.method ?? "")
  const reason = worded(words, "reason", facts.reason ?? "")
  const lines = said(facts.lines, t)
  const order = withOrder && facts.order ? <Go to={`/orders/${facts.order}`}>{facts.order}</Go> : null
  const about = (to: string, word: string): ReactNode => (
    <>
      <Go to={to}>{word}</Go>
      {order ? <> · {order}</> : null}
    </>
  )
  const payment = facts.tender ? about(`/payments/${facts.tender}`, t("payment")) : order
  const refund = facts.refund ? about(`/refunds/${facts.refund}`, t("refund")) : order
  switch (type) {
    case "order.placed.v1":
      return { what: t("placed", { total }), detail: order }
    case "sale.rung.v1":
      return { what: t("rung", { total }), detail: order, tone: "good" }
    case "order.paid.v1":
      return { what: t("paid"), detail: order, tone: "good" }
    case "order.canceled.v1":
      return {
        what: lines ? t("canceled", { lines, reason }) : t("canceledAll", { reason }),
        detail: order,
        tone: "bad",
      }
    case "order.expired.v1":
      return { what: t("expired"), detail: order, tone: "warn" }
    case "order.edited.v1":
      return { what: facts.reason === "contact" || !lines ? t("contact") : t("edited", { lines }), detail: order }
    case "order.commented.v1":
      return { what: t("commented"), comment: facts.text, detail: order }
    case "order.returned.v1":
      return {
        what: t("returned", { lines, reason }),
        detail: facts.return ? about(`/returns/${facts.return}`, t("back")) : order,
        tone: "warn",
      }
    case "order.late_payment.v1":
      return {
        what: t("late", { amount }),
        detail: t(facts.outcome === "applied" ? "lateApplied" : "lateRefunded"),
        tone: "warn",
      }
    case "payment.started.v1":
      return { what: t("started", { amount, method }), detail: payment }
    case "payment.captured.v1":
      return { what: t("captured", { amount, method }), detail: payment, tone: "good" }
    case "payment.failed.v1":
      return { what: t("failed", { amount, method }), detail: payment, tone: "bad" }
    case "refund.requested.v1":
      return { what: t("refundRequested", { amount }), detail: refund }
    case "refund.done.v1":
      return { what: t("refundDone", { amount }), detail: refund }
    case "refund.failed.v1":
      return { what: t("refundFailed", { amount }), detail: refund, tone: "bad" }
    case "work.released.v1":
      return { what: t("released", { lines }), detail: about(`/fulfillment/${facts.work}`, t("work")) }
    case "work.picked.v1": {
      const short = said(facts.short, t)
      const what = [lines && t("picked", { lines }), short && t("short", { lines: short })].filter(Boolean).join(" · ")
      return { what, detail: about(`/fulfillment/${facts.work}`, t("work")), tone: short ? "warn" : undefined }
    }
    case "shipment.sent.v1":
      return {
        what: t("sent", { lines }),
        detail: (
          <>
            {about(`/fulfillment/${facts.work}`, t("parcel"))}
            {facts.carrier ? ` · ${t("by", { carrier: facts.carrier })}` : null}
            {facts.tracking_no ? <span className="mono"> {facts.tracking_no}</span> : null}
          </>
        ),
        tone: "good",
      }
    case "shipment.delivered.v1":
      return { what: t("delivered"), tone: "good" }
    case "points.earned.v1":
      return { what: t("earnedPoints", { units: countText(facts.amount ?? 0) }), detail: order, tone: "good" }
    case "points.clawed_back.v1":
      return { what: t("clawedPoints", { units: countText(facts.points ?? 0) }), detail: order, tone: "warn" }
    case "asset.granted.v1":
      return facts.unit?.startsWith("RED/")
        ? { what: t("gotPacket", { amount: moneyText(facts.amount ?? 0, facts.unit.slice(4)) }), comment: facts.reason }
        : { what: t("gotPoints", { units: countText(facts.amount ?? 0) }), comment: facts.reason, tone: "good" }
    case "asset.deducted.v1":
      return { what: t("lostAssets", { units: countText(facts.amount ?? 0) }), comment: facts.reason }
    case "asset.expired.v1":
      return { what: t("expiredPoints", { units: countText(facts.amount ?? 0) }), tone: "warn" }
    case "member.joined.v1":
      return { what: t("joined"), tone: "good" }
    case "member.identity_added.v1":
      return { what: t("identity") }
    case "member.blocked.v1":
      return { what: t("blocked"), tone: "bad" }
    case "member.unblocked.v1":
      return { what: t("unblocked"), tone: "good" }
    default:
      return { what: type.replace(/\.v\d+$/, "").replaceAll(/[._]/g, " "), detail: order }
  }
}

/** Few lines are named one by one, many are counted. */
const NAMED_MAX = 3

function said(units: Units[] | undefined, t: Say<typeof happened.en>): string {
  const known = (units ?? []).filter((one) => one.line !== null)
  if (known.length > NAMED_MAX)
    return t("many", { lines: known.length, units: known.reduce((sum, one) => sum + one.quantity, 0) })
  return known.map((one) => t("units", { quantity: one.quantity, line: one.line ?? 0 })).join(t("and"))
}
