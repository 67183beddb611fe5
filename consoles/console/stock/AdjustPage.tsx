/** The book is made to agree with what somebody states, for a reason. */

import { send } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import { Quantity } from "@kit/format"
import { useWords } from "@kit/words"
import { Button, Form, Radio, Select } from "antd"
import { useState } from "react"
import { Lines, ScanBox, Total, useSheet } from "./Sheet"
import { Signed } from "./said"
import { Frame, useBooking } from "./Write"
import { words } from "./words"

const REASONS = ["damaged", "expired", "lost", "theft", "sample", "internal_use", "found", "correction"] as const
type Reason = (typeof REASONS)[number]

export default function AdjustPage() {
  const t = useWords(words)
  const { sheet, change, onLines, clear } = useSheet("adjustment")
  const [reason, setReason] = useState<Reason>("damaged")
  const [up, setUp] = useState(false)
  const reasons = api.useQuery("get", "/v1/stock/reasons", {}, { staleTime: 300_000 })
  const direction = reasons.data?.find((one) => one.code === reason)?.direction ?? (reason === "found" ? 1 : -1)
  const sign = direction === 0 ? (up ? 1 : -1) : direction
  const { act, errors, field } = useBooking(sheet, {
    work: (key, wish) =>
      send(
        fetcher.POST("/v1/stock/adjustments", {
          params: { header: { "Idempotency-Key": key } },
          body: {
            location: wish.location ?? "",
            owner: wish.owner ?? null,
            reason,
            reference: wish.reference,
            lines: wish.lines.map((line) => ({ sku: line.sku, change: sign * line.units })),
          },
        }),
      ),
    said: t("booked"),
    clear,
  })
  return (
    <Frame
      title={t("adjustTitle")}
      lead={t("adjustLead")}
      sheet={sheet}
      change={change}
      clear={clear}
      field={field}
      more={
        <>
          <Form.Item
            label={t("reason")}
            {...(field.has("reason") ? { validateStatus: "error", help: field.get("reason") } : {})}
          >
            <Select
              value={reason}
              aria-label={t("reason")}
              options={REASONS.map((one) => ({ value: one, label: t(`reasons.${one}`) }))}
              onChange={setReason}
            />
          </Form.Item>
          {direction === 0 ? (
            <Form.Item label={t("direction")}>
              <Radio.Group
                value={up}
                onChange={(event) => setUp(event.target.value as boolean)}
                options={[
                  { value: false, label: t("minus") },
                  { value: true, label: t("plus") },
                ]}
              />
            </Form.Item>
          ) : null}
        </>
      }
      foot={
        <>
          <Button
            type="primary"
            size="large"
            disabled={!sheet.location || sheet.lines.length === 0}
            loading={act.isPending}
            onClick={() => act.mutate(sheet)}
          >
            {t("bookAdjust", { lines: sheet.lines.length })}
          </Button>
          <Total lines={sheet.lines} />
        </>
      }
    >
      <ScanBox location={sheet.location} onLines={onLines} />
      <Lines
        lines={sheet.lines}
        onLines={onLines}
        quantity={t("quantity")}
        errors={errors}
        more={[
          { title: t("book"), render: (line) => <Quantity count={line.book} /> },
          { title: t("change"), render: (line) => <Signed count={sign * line.units} tone /> },
          { title: t("after"), render: (line) => <Quantity count={line.book + sign * line.units} /> },
        ]}
      />
    </Frame>
  )
}
