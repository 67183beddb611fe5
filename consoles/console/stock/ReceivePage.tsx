/** Goods come in: scan by scan. */

import { send } from "@kit/api/act"
import { fetcher } from "@kit/api/client"
import { useWords } from "@kit/words"
import { Button, Form, Select } from "antd"
import { useState } from "react"
import { Lines, ScanBox, Total, total, useSheet } from "./Sheet"
import { Frame, useBooking } from "./Write"
import { words } from "./words"

const REASONS = ["purchase", "production", "opening"] as const

export default function ReceivePage() {
  const t = useWords(words)
  const { sheet, change, onLines, clear } = useSheet("receipt")
  const [reason, setReason] = useState<(typeof REASONS)[number]>("purchase")
  const units = total(sheet.lines)
  const { act, errors, field } = useBooking(sheet, {
    work: (key, wish) =>
      send(
        fetcher.POST("/v1/stock/receipts", {
          params: { header: { "Idempotency-Key": key } },
          body: {
            location: wish.location ?? "",
            owner: wish.owner ?? null,
            reason,
            reference: wish.reference,
            lines: wish.lines.map((line) => ({ sku: line.sku, quantity: line.units })),
          },
        }),
      ),
    said: t("bookedReceipt", { units }),
    clear,
  })
  return (
    <Frame
      title={t("receiveTitle")}
      lead={t("receiveLead")}
      sheet={sheet}
      change={change}
      clear={clear}
      field={field}
      more={
        <Form.Item label={t("reason")}>
          <Select
            value={reason}
            aria-label={t("reason")}
            options={REASONS.map((one) => ({ value: one, label: t(`reasons.${one}`) }))}
            onChange={setReason}
          />
        </Form.Item>
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
            {t("bookReceipt", { units })}
          </Button>
          <Total lines={sheet.lines} />
        </>
      }
    >
      <ScanBox location={sheet.location} onLines={onLines} />
      <Lines lines={sheet.lines} onLines={onLines} quantity={t("quantity")} errors={errors} />
    </Frame>
  )
}
