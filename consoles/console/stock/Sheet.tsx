/** A paper being written: the place, the scan field that never loses the cursor, and the lines with the last one pinned on top. */

import { DeleteOutlined, ScanOutlined } from "@ant-design/icons"
import { send } from "@kit/api/act"
import { fetcher, problemOf } from "@kit/api/client"
import { countText } from "@kit/format"
import { useWords } from "@kit/words"
import { Button, Input, InputNumber, type InputRef } from "antd"
import { type ReactNode, useCallback, useEffect, useRef, useState } from "react"
import { added, type Line, removed, scanned, set } from "./lines"
import { words } from "./words"

export interface Sheet {
  location?: string
  owner?: string
  reference: string
  lines: Line[]
}

const BLANK: Sheet = { reference: "", lines: [] }

/** A draft that survives a reload, per kind of paper. */
export function useSheet(kind: string) {
  const place = `jiutong.paper.${kind}`
  const [sheet, write] = useState<Sheet>(() => {
    const kept = localStorage.getItem(place)
    return kept ? { ...BLANK, ...(JSON.parse(kept) as Sheet) } : BLANK
  })
  // Scans overlap: each edits the lines as they stand when its answer comes, never as they stood when it was asked.
  const edit = useCallback(
    (make: (before: Sheet) => Sheet) =>
      write((before) => {
        const next = make(before)
        localStorage.setItem(place, JSON.stringify(next))
        return next
      }),
    [place],
  )
  const change = useCallback((wanted: Partial<Sheet>) => edit((before) => ({ ...before, ...wanted })), [edit])
  const onLines = useCallback(
    (make: (before: Line[]) => Line[]) => edit((before) => ({ ...before, lines: make(before.lines) })),
    [edit],
  )
  const clear = useCallback(() => {
    localStorage.removeItem(place)
    write((before) => ({ ...BLANK, location: before.location, owner: before.owner }))
  }, [place])
  return { sheet, change, onLines, clear }
}

export function ScanBox(props: { location?: string; onLines: (change: (before: Line[]) => Line[]) => void }) {
  const t = useWords(words)
  const box = useRef<InputRef>(null)
  const [typed, type] = useState("")
  const [unknown, setUnknown] = useState<string>()
  const queue = useRef<Promise<unknown>>(Promise.resolve())
  const { location, onLines } = props
  useEffect(() => {
    if (location) box.current?.focus()
  }, [location])

  // Scans come faster than answers: they are looked up one after the other, in the order they came.
  function scan() {
    const wanted = scanned(typed)
    type("")
    if (!wanted || !location) return
    queue.current = queue.current.then(async () => {
      try {
        const found = await send(fetcher.GET("/v1/stock/scan", { params: { query: { code: wanted.code, location } } }))
        setUnknown(undefined)
        onLines((before) =>
          added(before, {
            sku: found.sku,
            title: found.title,
            unit: found.base_unit,
            units: wanted.units,
            book: found.on_hand,
          }),
        )
      } catch (thrown) {
        if (problemOf(thrown)?.status !== 404) throw thrown
        setUnknown(wanted.code)
      }
    })
  }

  return (
    <div className="stock-scan">
      <Input
        ref={box}
        size="large"
        prefix={<ScanOutlined aria-hidden="true" />}
        placeholder={location ? t("scan") : t("chooseWhere")}
        aria-label={t("scan")}
        disabled={!location}
        value={typed}
        status={unknown ? "error" : undefined}
        onChange={(event) => type(event.target.value)}
        onPressEnter={(event) => {
          event.preventDefault()
          scan()
        }}
      />
      <div className="stock-scan-said" role="status">
        {unknown ? (
          <span className="stock-fell">{t("unknown", { code: unknown })}</span>
        ) : (
          <span className="muted">{t("scanHint")}</span>
        )}
      </div>
    </div>
  )
}

export function Lines(props: {
  lines: Line[]
  onLines: (change: (before: Line[]) => Line[]) => void
  quantity: string
  min?: number
  /** Further columns, by line. */
  more?: { title: string; render: (line: Line) => ReactNode }[]
  errors?: ReadonlyMap<string, string>
}) {
  const t = useWords(words)
  const { lines, onLines, more = [], errors } = props
  if (lines.length === 0)
    return (
      <div className="state">
        <h2>{t("linesNone")}</h2>
        <p>{t("linesNoneBody")}</p>
      </div>
    )
  return (
    <table className="stock-table stock-lines">
      <thead>
        <tr>
          <th scope="col">{t("goods")}</th>
          {more.map((column) => (
            <th key={column.title} scope="col" className="end">
              {column.title}
            </th>
          ))}
          <th scope="col" className="end quantity">
            {props.quantity}
          </th>
          <th scope="col" aria-label={t("discard")} />
        </tr>
      </thead>
      <tbody>
        {lines.map((line, at) => {
          const wrong = errors?.get(line.sku)
          return (
            <tr key={line.sku} className={`${at === 0 ? "stock-last" : ""} ${wrong ? "stock-wrong" : ""}`}>
              <th scope="row">
                <span className="line-title">{line.title}</span>
                <span className="muted mono stock-code">{line.sku}</span>
                {at === 0 ? <span className="muted line-last">{t("last")}</span> : null}
                {wrong ? (
                  <span className="stock-fell line-wrong" role="alert">
                    {wrong}
                  </span>
                ) : null}
              </th>
              {more.map((column) => (
                <td key={column.title} className="end">
                  {column.render(line)}
                </td>
              ))}
              <td className="end quantity">
                <InputNumber<number>
                  min={props.min ?? 1}
                  max={1_000_000_000_000}
                  precision={0}
                  value={line.units}
                  aria-label={`${props.quantity} ${line.title}`}
                  suffix={line.unit === "piece" ? undefined : <span className="muted">{line.unit}</span>}
                  onChange={(units) => units !== null && onLines((before) => set(before, line.sku, units))}
                  onFocus={(event) => event.target.select()}
                />
              </td>
              <td className="end">
                <Button
                  type="text"
                  size="small"
                  icon={<DeleteOutlined />}
                  aria-label={t("remove", { title: line.title })}
                  onClick={() => onLines((before) => removed(before, line.sku))}
                />
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

export function total(lines: readonly Line[]): number {
  return lines.reduce((sum, line) => sum + line.units, 0)
}

export function Total({ lines }: { lines: readonly Line[] }) {
  const t = useWords(words)
  return (
    <span className="muted num">
      {t("linesCount", { count: lines.length })} · {countText(total(lines))}
    </span>
  )
}
