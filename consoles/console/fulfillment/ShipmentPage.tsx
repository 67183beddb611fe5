/** One parcel. */

import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import { exactText } from "@kit/format"
import { Facts, RecordPage, Section, Status } from "@kit/record"
import { Goods, Rows } from "@kit/record/Rows"
import { useSession } from "@kit/session"
import { Go } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useWords } from "@kit/words"
import { Button } from "antd"
import "../orders/orders.css"
import { words } from "./words"

export default function ShipmentPage() {
  const t = useWords(words)
  const { may } = useSession()
  const id = usePlace("shipment")
  const path = { shipment_id: id }
  const parcel = api.useQuery("get", "/v1/shipments/{shipment_id}", { params: { path } })
  const deliver = useAct(
    (key) =>
      send(
        fetcher.POST("/v1/shipments/{shipment_id}/deliver", { params: { path, header: { "Idempotency-Key": key } } }),
      ),
    { said: t("delivered"), refresh: ["/v1/shipments", "/v1/fulfillments", "/v1/orders"] },
  )
  return (
    <Answer of={parcel}>
      {(found) => (
        <RecordPage
          title={<span className="mono">{found.tracking_no || found.id}</span>}
          tab={found.tracking_no || found.id}
          back={{ to: "/shipments", label: t("shipments") }}
          status={
            <Status tone={found.delivered_at ? "good" : "busy"}>
              {found.delivered_at ? t("delivered") : t("underWay")}
            </Status>
          }
          lead={
            <>
              {found.carrier ? `${found.carrier} · ` : null}
              <span className="mono">{found.id}</span>
            </>
          }
          actions={
            !found.delivered_at && may("fulfillment:write") ? (
              <Button type="primary" loading={deliver.isPending} onClick={() => deliver.mutate(undefined)}>
                {t("markDelivered")}
              </Button>
            ) : null
          }
        >
          <Section title={t("goods")}>
            <Rows
              rows={found.lines}
              by={(line) => line.line}
              columns={[
                { of: (line) => <Goods title={line.title} sku={line.sku} /> },
                { end: true, of: (line) => line.quantity },
              ]}
            />
          </Section>
          <Facts
            facts={[
              [
                t("order"),
                <Go key="order" to={`/orders/${found.order}`} className="mono">
                  {found.order}
                </Go>,
              ],
              [
                t("work"),
                <Go key="work" to={`/fulfillment/${found.fulfillment}`} className="mono">
                  {found.fulfillment}
                </Go>,
              ],
              [t("location"), found.location],
              [t("carrier"), found.carrier],
              [t("tracking"), found.tracking_no],
              [t("sent"), exactText(found.shipped_at)],
              [t("delivered"), found.delivered_at ? exactText(found.delivered_at) : null],
            ]}
          />
        </RecordPage>
      )}
    </Answer>
  )
}
