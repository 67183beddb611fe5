/** What an order that came through a presale or a group buy shows beyond any other: its payables, and whom it waits for. */

import type { components } from "@kit/api/schema.gen"
import { Money, Time } from "@kit/format"
import { Facts, Status } from "@kit/record"
import { Go } from "@kit/shell/go"
import { defineWords, useWords } from "@kit/words"
import { SellerDefault } from "./SellerDefault"

type Order = components["schemas"]["OrderView"]

const words = defineWords({
  en: {
    deposit: "Deposit",
    balance: "Balance",
    paid: "paid",
    opens: "opens",
    due: "due",
    untilPaid: "kept if the buyer withdraws before everything is paid",
    untilShipped: "kept if the buyer withdraws before it ships",
    waits: "Waits for its group",
    group: "Group {code}",
  },
  zh: {
    deposit: "定金",
    balance: "尾款",
    paid: "已付",
    opens: "开启",
    due: "截止",
    untilPaid: "付清前买家取消不退",
    untilShipped: "发货前买家取消不退",
    waits: "等待成团",
    group: "团 {code}",
  },
})

/** Deposit and balance, each with its window. */
export function Legs({ order }: { order: Order }) {
  const t = useWords(words)
  return (
    <>
      <Facts
        facts={order.payables.map((one) => [
          t(one.payable_no === 1 ? "deposit" : "balance"),
          <span key={one.payable_no}>
            <Money minor={one.amount} currency={order.currency} />
            <span className="muted">
              {one.paid === one.amount ? (
                ` · ${t("paid")}`
              ) : (
                <>
                  {one.opens_at ? (
                    <>
                      {` · ${t("opens")} `}
                      <Time at={one.opens_at} />
                    </>
                  ) : null}
                  {one.due_at ? (
                    <>
                      {` · ${t("due")} `}
                      <Time at={one.due_at} />
                    </>
                  ) : null}
                </>
              )}
              {one.kept ? ` · ${t(one.kept === "until_paid" ? "untilPaid" : "untilShipped")}` : null}
            </span>
          </span>,
        ])}
      />
      <SellerDefault order={order} />
    </>
  )
}

/** The activity it came through and the group it is in, as part of the line below the title. */
export function Through({ order }: { order: Order }) {
  const t = useWords(words)
  if (!order.play) return null
  const code = order.play.split("@")[0] ?? ""
  const kind = order.group || order.awaits ? "group-buys" : "presales"
  return (
    <>
      {" · "}
      <Go to={`/plays/${kind}/${encodeURIComponent(code)}`} className="mono">
        {order.play}
      </Go>
      {order.group ? (
        <>
          {" · "}
          <Go to={`/plays/groups/${order.group}`}>{t("group", { code: order.group })}</Go>
        </>
      ) : null}
      {order.awaits && order.status === "paid" ? (
        <>
          {" · "}
          <Status tone="busy">{t("waits")}</Status>
        </>
      ) : null}
    </>
  )
}
