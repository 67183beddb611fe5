/** Where the money on a card comes from: a payment it is sold for, or somebody who gives it. */

import type { SoldFor } from "@kit/api/schema.gen"
import { useWords } from "@kit/words"
import { Form, Input, Segmented } from "antd"
import "./assets.css"
import { words } from "./words"

export interface Origin {
  how: "sold" | "granted" | "later"
  method: string
  reference?: string
  funder: string
  reason: string
}

/** `sold` or `granted` of a request, or neither. */
export function originOf(one: Origin): { sold?: SoldFor; granted?: { funder: string; reason: string } } {
  if (one.how === "sold") return { sold: { method: one.method, reference: one.reference ?? "" } }
  return one.how === "granted" ? { granted: { funder: one.funder, reason: one.reason } } : {}
}

/** The fields of a form that say so; `later` offers to say it when the card is activated. */
export function OriginFields({ later }: { later?: boolean }) {
  const t = useWords(words)
  const how = Form.useWatch<Origin["how"] | undefined>("how") ?? "sold"
  const needed = [{ required: true, message: t("required") }]
  return (
    <>
      <Form.Item name="how" label={t("how")}>
        <Segmented
          options={[
            { value: "sold", label: t("soldNow") },
            { value: "granted", label: t("givenNow") },
            ...(later ? [{ value: "later", label: t("later") }] : []),
          ]}
        />
      </Form.Item>
      {how === "sold" ? (
        <div className="assets-fields">
          <Form.Item name="method" label={t("method")} rules={needed}>
            <Input maxLength={64} />
          </Form.Item>
          <Form.Item name="reference" label={t("reference")}>
            <Input maxLength={200} />
          </Form.Item>
        </div>
      ) : null}
      {how === "granted" ? (
        <div className="assets-fields">
          <Form.Item name="funder" label={t("funder")} rules={needed}>
            <Input maxLength={64} />
          </Form.Item>
          <Form.Item name="reason" label={t("reason")} rules={needed}>
            <Input maxLength={200} />
          </Form.Item>
        </div>
      ) : null}
    </>
  )
}
