/** What lies on the shelf: counted, blind if wished, the differences seen before anything is booked. */

import { send, useAct } from "@kit/api/act"
import { fetcher } from "@kit/api/client"
import type { CountPreview } from "@kit/api/schema.gen"
import { countText, Quantity } from "@kit/format"
import { Section } from "@kit/record"
import { useWords } from "@kit/words"
import { Button, Checkbox, Form, Radio } from "antd"
import { useState } from "react"
import { Lines, ScanBox, type Sheet, Total, useSheet } from "./Sheet"
import { Goods, Signed } from "./said"
import { Frame, useBooking } from "./Write"
import { words } from "./words"

type Kind = "cycle" | "full"

export default function CountPage() {
  const t = useWords(words)
  const { sheet, change, onLines: edit, clear } = useSheet("count")
  const [kind, setKind] = useState<Kind>("cycle")
  const [blind, setBlind] = useState(true)
  const [preview, show] = useState<CountPreview | null>(null)
  const body = (wish: Sheet) => ({
    location: wish.location ?? "",
    owner: wish.owner ?? null,
    reason: kind,
    reference: wish.reference,
    lines: wish.lines.map((line) => ({ sku: line.sku, counted: line.units })),
  })
  const { act, errors, field, refused } = useBooking(sheet, {
    work: (key, wish) =>
      send(fetcher.POST("/v1/stock/counts", { params: { header: { "Idempotency-Key": key } }, body: body(wish) })),
    said: t("booked"),
    clear,
  })
  const look = useAct((_key, wish: Sheet) => send(fetcher.POST("/v1/stock/counts/preview", { body: body(wish) })), {
    refused: refused as never,
    then: show,
  })
  const onLines = (make: Parameters<typeof edit>[0]) => {
    show(null)
    edit(make)
  }
  const differing = preview?.lines.filter((line) => line.change !== 0) ?? []
  return (
    <Frame
      title={t("countTitle")}
      lead={t("countLead")}
      sheet={sheet}
      change={change}
      clear={() => {
        show(null)
        clear()
      }}
      field={field}
      more={
        <Form.Item label={t("kind")}>
          <Radio.Group
            value={kind}
            onChange={(event) => {
              show(null)
              setKind(event.target.value as Kind)
            }}
            options={[
              { value: "cycle", label: t("kindCycle") },
              { value: "full", label: t("kindFull") },
            ]}
          />
        </Form.Item>
      }
      foot={
        preview ? (
          <>
            <Button type="primary" size="large" loading={act.isPending} onClick={() => act.mutate(sheet)}>
              {t("bookCount", { lines: differing.length })}
            </Button>
            <Button size="large" onClick={() => show(null)}>
              {t("back")}
            </Button>
          </>
        ) : (
          <>
            <Button
              type="primary"
              size="large"
              disabled={!sheet.location || (sheet.lines.length === 0 && kind === "cycle")}
              loading={look.isPending}
              onClick={() => look.mutate(sheet)}
            >
              {t("preview")}
            </Button>
            <Total lines={sheet.lines} />
          </>
        )
      }
    >
      {preview ? (
        <Differences preview={preview} />
      ) : (
        <>
          <div className="count-tools">
            <Checkbox checked={blind} onChange={(event) => setBlind(event.target.checked)}>
              {t("blind")}
            </Checkbox>
          </div>
          <ScanBox location={sheet.location} onLines={onLines} />
          <Lines
            lines={sheet.lines}
            onLines={onLines}
            quantity={t("counted")}
            min={0}
            errors={errors}
            more={
              blind
                ? []
                : [
                    { title: t("book"), render: (line) => <Quantity count={line.book} /> },
                    { title: t("difference"), render: (line) => <Signed count={line.units - line.book} tone /> },
                  ]
            }
          />
        </>
      )}
    </Frame>
  )
}

function Differences({ preview }: { preview: CountPreview }) {
  const t = useWords(words)
  const differing = preview.lines.filter((line) => line.change !== 0)
  const same = preview.lines.length - differing.length
  return (
    <Section
      title={t("difference")}
      extra={
        <span className="muted num">
          {t("more")} +{countText(preview.more)} · {t("less")} {countText(-preview.less)}
        </span>
      }
    >
      {differing.length ? (
        <table className="stock-table" aria-label={t("difference")}>
          <thead>
            <tr>
              <th scope="col">{t("goods")}</th>
              <th scope="col" className="end">
                {t("book")}
              </th>
              <th scope="col" className="end">
                {t("held")}
              </th>
              <th scope="col" className="end">
                {t("counted")}
              </th>
              <th scope="col" className="end">
                {t("difference")}
              </th>
            </tr>
          </thead>
          <tbody>
            {differing.map((line) => (
              <tr key={line.sku}>
                <th scope="row">
                  <Goods sku={line.sku} title={line.title} />
                </th>
                <td className="end">
                  <Quantity count={line.book} unit={line.base_unit} />
                </td>
                <td className="end">{line.held ? <Quantity count={line.held} /> : <span className="muted">–</span>}</td>
                <td className="end">
                  <Quantity count={line.counted} unit={line.base_unit} />
                  {line.line === null || line.line === undefined ? (
                    <span className="muted line-last">{t("notNamed")}</span>
                  ) : null}
                </td>
                <td className="end">
                  <strong>
                    <Signed count={line.change} tone />
                  </strong>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
      {same ? <p className="muted">{t("same", { count: same })}</p> : null}
    </Section>
  )
}
