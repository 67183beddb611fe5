/** What all three papers share: the frame, the place, whose it is, the reference, and refusals at their lines. */

import { useAct } from "@kit/api/act"
import type { Problem } from "@kit/api/schema.gen"
import { RecordPage } from "@kit/record"
import { useGo } from "@kit/shell/go"
import { useWords } from "@kit/words"
import { Button, Form, Input } from "antd"
import { type ReactNode, useEffect, useState } from "react"
import { lineOf } from "./lines"
import type { Sheet } from "./Sheet"
import { LocationSelect } from "./said"
import "./stock.css"
import { words } from "./words"

export interface Booking {
  work: (key: string, sheet: Sheet) => Promise<{ id: string }>
  said: string
  clear: () => void
}

/** Books a sheet; a refusal of a line is shown at that line. */
export function useBooking(sheet: Sheet, booking: Booking) {
  const go = useGo()
  const [errors, setErrors] = useState<ReadonlyMap<string, string>>(new Map())
  const [field, setField] = useState<ReadonlyMap<string, string>>(new Map())
  const refused = (problem: Problem): boolean => {
    const lines = new Map<string, string>()
    const fields = new Map<string, string>()
    for (const one of problem.errors ?? []) {
      const at = lineOf(one.pointer)
      const line = at === null ? undefined : sheet.lines[at]
      if (line) lines.set(line.sku, one.message)
      else if (/^\/(location|owner|reference|reason)$/.test(one.pointer)) fields.set(one.pointer.slice(1), one.message)
    }
    setErrors(lines)
    setField(fields)
    return lines.size + fields.size > 0
  }
  const act = useAct(booking.work, {
    said: booking.said,
    refresh: ["/v1/stock"],
    refused: refused as never,
    then: (made) => {
      booking.clear()
      go(`/stock/papers/${made.id}`)
    },
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was refused is no longer what stands there
  useEffect(() => setErrors(new Map()), [sheet.lines])
  return { act, errors, field, refused }
}

export function Frame(props: {
  title: string
  lead: string
  sheet: Sheet
  change: (change: Partial<Sheet>) => void
  clear: () => void
  field: ReadonlyMap<string, string>
  foot: ReactNode
  more?: ReactNode
  children: ReactNode
}) {
  const t = useWords(words)
  const { sheet, change, field } = props
  const wrong = (name: string) => (field.has(name) ? { validateStatus: "error" as const, help: field.get(name) } : {})
  return (
    <RecordPage title={props.title} back={{ to: "/stock", label: t("stock") }} lead={props.lead}>
      <Form layout="vertical" requiredMark={false} className="paper-head" component="div">
        <Form.Item label={t("where")} {...wrong("location")}>
          <LocationSelect
            label={t("where")}
            value={sheet.location}
            autoFocus={!sheet.location}
            disabled={sheet.lines.length > 0}
            onChange={(location) => change({ location })}
          />
        </Form.Item>
        <Form.Item label={t("owner")} {...wrong("owner")}>
          <Input
            value={sheet.owner ?? ""}
            aria-label={t("owner")}
            onChange={(event) => change({ owner: event.target.value || undefined })}
          />
        </Form.Item>
        <Form.Item label={t("reference")} {...wrong("reference")}>
          <Input
            value={sheet.reference}
            maxLength={200}
            aria-label={t("reference")}
            onChange={(event) => change({ reference: event.target.value })}
          />
        </Form.Item>
        {props.more}
      </Form>
      {props.children}
      <footer className="paper-foot">
        {props.foot}
        {sheet.lines.length > 0 ? (
          <>
            <span className="muted">{t("keep")}</span>
            <Button type="text" onClick={props.clear}>
              {t("discard")}
            </Button>
          </>
        ) : null}
      </footer>
    </RecordPage>
  )
}
