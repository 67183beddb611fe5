/** One refund: which payment it goes back to, how far it is, and sending it again. */

import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import { exactText, moneyText } from "@kit/format"
import { Facts, RecordPage } from "@kit/record"
import { useSession } from "@kit/session"
import { Go } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useWords } from "@kit/words"
import { Button } from "antd"
import "../orders/orders.css"
import { RefundState, worded } from "../orders/said"
import { trade } from "../orders/words"
import { words } from "./words"

export default function RefundPage() {
  const t = useWords(words)
  const tt = useWords(trade)
  const { may } = useSession()
  const id = usePlace("refund")
  const path = { refund_id: id }
  const found = api.useQuery("get", "/v1/refunds/{refund_id}", { params: { path } })
  const retry = useAct(
    (key) =>
      send(fetcher.POST("/v1/refunds/{refund_id}/retry", { params: { path, header: { "Idempotency-Key": key } } })),
    { said: t("retried"), refresh: ["/v1/refunds", "/v1/orders"] },
  )
  return (
    <Answer of={found}>
      {(one) => (
        <RecordPage
          title={
            <>
              {moneyText(one.amount, one.currency)} <span className="muted">{worded(tt, "method", one.method)}</span>
            </>
          }
          tab={one.id}
          back={{ to: "/refunds", label: t("refunds") }}
          status={<RefundState state={one.state} />}
          lead={<span className="mono">{one.id}</span>}
          actions={
            one.state === "failed" && may("payment:refund") ? (
              <Button type="primary" loading={retry.isPending} onClick={() => retry.mutate(undefined)}>
                {t("retry")}
              </Button>
            ) : null
          }
        >
          {one.state === "failed" ? (
            <p className="note-bar bad">
              <strong>{t("failedTitle")}</strong> <span>{t("failedBody")}</span>
            </p>
          ) : null}
          <Facts
            facts={[
              [
                t("order"),
                <Go key="order" to={`/orders/${one.order}`} className="mono">
                  {one.order}
                </Go>,
              ],
              [
                t("payment"),
                <Go key="payment" to={`/payments/${one.payment}`} className="mono">
                  {one.payment}
                </Go>,
              ],
              [t("reason"), worded(tt, "reason", one.reason)],
              [t("requested"), exactText(one.requested_at)],
              [t("settled"), one.settled_at ? exactText(one.settled_at) : null],
              [
                t("channelRef"),
                one.channel_ref ? (
                  <span key="ref" className="mono">
                    {one.channel_ref}
                  </span>
                ) : null,
              ],
            ]}
          />
        </RecordPage>
      )}
    </Answer>
  )
}
