/** Goods come back: how many of each line, whether they can be sold again, why, where to - and what goes back for them. */

import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import type { OrderView } from "@kit/api/schema.gen"
import { useSettled } from "@kit/api/settled"
import { moneyText } from "@kit/format"
import { Refused } from "@kit/states"
import { useLocale, useWords } from "@kit/words"
import { Button, Checkbox, Form, Modal, Select } from "antd"
import { useState } from "react"
import { Reversals } from "./Reversals"
import { taking } from "./taking.words"
import { UnitsTable } from "./UnitsTable"

type ReasonCode = "changed_mind" | "wrong_size" | "defective" | "damaged" | "wrong_item" | "not_as_described" | "late"

export const withBuyer = (line: OrderView["lines"][number]) => line.shipped - line.returned

export function ReturnDialog({ order, close }: { order: OrderView; close: () => void }) {
  const t = useWords(taking)
  const zh = useLocale() === "zh"
  const reasons = api.useQuery("get", "/v1/return-reasons", {}, { staleTime: Number.POSITIVE_INFINITY })
  const places = api.useQuery("get", "/v1/locations", { params: { query: { limit: 250 } } }, { staleTime: 300_000 })
  const lines = order.lines.filter((line) => withBuyer(line) > 0)
  const [units, setUnits] = useState<Record<number, number>>({})
  const [scrap, setScrap] = useState<Record<number, boolean>>({})
  const [reason, setReason] = useState<ReasonCode>("changed_mind")
  const [location, setLocation] = useState<string>()
  const chosen = lines
    .map((line) => ({ line: line.line_no, quantity: units[line.line_no] ?? 0, restock: !scrap[line.line_no] }))
    .filter((one) => one.quantity > 0)
  const wish = { reason, lines: chosen, location: location ?? null }
  const settled = useSettled(wish)
  const path = { order_id: order.id }
  const preview = api.useQuery(
    "post",
    "/v1/orders/{order_id}/returns/preview",
    { params: { path }, body: settled as never },
    { enabled: settled.lines.length > 0, placeholderData: (before: unknown) => before as never, retry: false },
  )
  const take = useAct(
    (key, body: typeof wish) =>
      send(
        fetcher.POST("/v1/orders/{order_id}/returns", {
          params: { path, header: { "Idempotency-Key": key } },
          body: body as never,
        }),
      ),
    { said: t("returned"), refresh: ["/v1/orders", "/v1/returns", "/v1/refunds", "/v1/payments"], then: close },
  )
  const refund = chosen.length ? (preview.data?.refund ?? 0) : 0
  const count = chosen.reduce((sum, one) => sum + one.quantity, 0)
  return (
    <Modal
      open
      width={960}
      title={`${t("returnTitle")} ${order.receipt_no ?? order.id}`}
      onCancel={close}
      footer={[
        <Button key="no" onClick={close}>
          {t("notNow")}
        </Button>,
        <Button
          key="do"
          type="primary"
          disabled={!chosen.length || preview.isError}
          loading={take.isPending}
          onClick={() => take.mutate(wish)}
        >
          {refund ? t("returnAct", { amount: moneyText(refund, order.currency) }) : t("returnFree", { count })}
        </Button>,
      ]}
    >
      <Form
        layout="vertical"
        style={{ display: "grid", gridTemplateColumns: "repeat(auto-fit, minmax(240px, 1fr))", columnGap: 16 }}
      >
        <Form.Item label={t("reason")} htmlFor="return-reason">
          <Select
            id="return-reason"
            value={reason}
            onChange={setReason}
            options={reasons.data?.items.map((one) => ({
              value: one.code as ReasonCode,
              label: zh ? one.means_zh : one.means,
            }))}
          />
        </Form.Item>
        <Form.Item label={t("location")} htmlFor="return-location" help={t("locationHelp")}>
          <Select
            id="return-location"
            allowClear
            showSearch={{ optionFilterProp: "label" }}
            value={location}
            onChange={setLocation}
            options={places.data?.items.map((one) => ({ value: one.code, label: `${one.code} ${one.name}` }))}
          />
        </Form.Item>
      </Form>
      <UnitsTable
        lines={lines}
        there={{ title: t("withBuyer"), of: withBuyer }}
        meant={{
          title: t("takeBack"),
          units,
          change: (line, quantity) => setUnits((before) => ({ ...before, [line]: quantity })),
        }}
        besides={{
          title: t("restock"),
          of: (line) => (
            <Checkbox
              aria-label={`${t("restock")}: ${line.title}`}
              checked={!scrap[line.line_no]}
              onChange={(event) => setScrap((before) => ({ ...before, [line.line_no]: !event.target.checked }))}
            />
          ),
        }}
      />
      {chosen.length === 0 ? (
        <p className="muted">{t("nothing")}</p>
      ) : preview.data ? (
        <Reversals
          currency={order.currency}
          lines={preview.data.undone}
          refunds={preview.data.refunds}
          withheld={preview.data.withheld}
          refund={preview.data.refund}
          back
        />
      ) : preview.isError ? (
        <Refused error={preview.error} retry={() => preview.refetch()} />
      ) : null}
    </Modal>
  )
}
