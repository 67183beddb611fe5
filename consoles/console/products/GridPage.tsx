/** Products as a spreadsheet: loaded as they are exported, checked and saved as they are imported, a cell's mistake shown in the cell. */

import { send } from "@kit/api/act"
import { fetcher, problemOf } from "@kit/api/client"
import { token } from "@kit/api/token"
import { useSearchState } from "@kit/list"
import { RecordPage } from "@kit/record"
import { Refused, Waiting } from "@kit/states"
import { locale, useWords } from "@kit/words"
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useBlocker } from "@tanstack/react-router"
import { Alert, App, Button } from "antd"
import { useMemo, useState } from "react"
import { handIn, type Kinds, type Preview } from "../imports/sheets"
import { csvOf, csvRead, dirty, emptyLine, handedIn, type Line, type Sheet } from "./grid/cells"
import { SheetGrid } from "./grid/SheetGrid"
import { words } from "./grid/words"
import "./products.css"

const ROWS_MAX = 500
const KEYS = new Set(["product", "sku"])
const FILTERS = ["codes", "category", "brand", "status", "channel", "q"]

interface Loaded {
  columns: string[]
  titles: string[]
  lines: Line[]
  shortened: boolean
}

/** The first rows of an export; the rest of a long file is not waited for. */
async function load(search: Record<string, string>, kinds: Kinds, signal: AbortSignal): Promise<Loaded> {
  const query = new URLSearchParams({ bom: "false" })
  for (const key of FILTERS) if (search[key]) query.set(key, search[key])
  const stop = new AbortController()
  signal.addEventListener("abort", () => stop.abort())
  const answer = await fetch(`/v1/exports/products.csv?${query}`, {
    signal: stop.signal,
    headers: { authorization: `Bearer ${token.held()?.token}`, "accept-language": locale.now() },
  })
  if (!answer.ok || !answer.body) throw await answer.json()
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ""
  let rows: string[][] = []
  for (;;) {
    const { value, done } = await reader.read()
    if (value) text += value
    rows = csvRead(text, ROWS_MAX)
    if (done || rows.length > ROWS_MAX) break
  }
  const shortened = rows.length > ROWS_MAX
  stop.abort()
  const [titles = [], ...body] = rows
  const fields = kinds.find((one) => one.name === "products")?.fields ?? []
  const all = titles.map((title, no) => fields[no]?.name ?? attributeOf(title))
  // What imports pass over need not be edited; attributes nobody here has would only take room.
  const kept = all.flatMap((name, no) => {
    if (fields[no]?.told) return []
    return name.includes("attribute:") && !body.some((row) => row[no]) ? [] : [no]
  })
  return {
    columns: kept.map((no) => all[no] ?? ""),
    titles: kept.map((no) => titles[no] ?? ""),
    lines: body.slice(0, ROWS_MAX).map((row) => {
      const cells = kept.map((no) => row[no] ?? "")
      return { before: cells, cells }
    }),
    shortened,
  }
}

function attributeOf(title: string): string {
  const name = title.replace(/^[^:：]*[:：]\s*/, "")
  return /^(sku|单品)/i.test(title) ? `sku_attribute:${name}` : `attribute:${name}`
}

export default function GridPage() {
  const t = useWords(words)
  const [search] = useSearchState()
  const loaded = useQuery({
    queryKey: ["grid", search, locale.now()],
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
    retry: false,
    queryFn: async ({ signal }) => {
      const kinds = await send(fetcher.GET("/v1/imports/kinds", { signal }))
      return load(search, kinds, signal)
    },
  })
  if (loaded.isError) return <Refused error={loaded.error} retry={() => loaded.refetch()} />
  if (!loaded.data) return <Waiting rows={12} />
  return <Editor key={loaded.dataUpdatedAt} loaded={loaded.data} again={() => loaded.refetch()} none={t("none")} />
}

interface Checked {
  preview: Preview
  /** The line of each row handed in. */
  lines: number[]
  sheet: string
}

function Editor({ loaded, again }: { loaded: Loaded; again: () => void; none: string }) {
  const t = useWords(words)
  const { message, notification } = App.useApp()
  const client = useQueryClient()
  const first: Sheet = useMemo(() => ({ columns: loaded.columns, lines: loaded.lines }), [loaded])
  const [sheet, setSheet] = useState(first)
  const [past, setPast] = useState<Sheet[]>([])
  const [checked, setChecked] = useState<Checked>()
  const [busy, setBusy] = useState<string>()
  const changed = dirty(sheet)
  useBlocker({
    shouldBlockFn: () => changed.length > 0 && !confirm(t("discard")),
    enableBeforeUnload: () => changed.length > 0,
  })

  function change(next: Sheet) {
    setPast((before) => [...before.slice(-99), sheet])
    setSheet(next)
    setChecked(undefined)
  }

  function undo() {
    const before = past.at(-1)
    if (!before) return
    setPast(past.slice(0, -1))
    setSheet(before)
    setChecked(undefined)
  }

  async function guarded(work: () => Promise<void>) {
    try {
      await work()
    } catch (thrown) {
      const problem = problemOf(thrown)
      if (!problem) throw thrown
      notification.error({ title: problem.title, description: problem.detail })
    } finally {
      setBusy(undefined)
    }
  }

  const check = () =>
    guarded(async () => {
      setBusy(t("loading"))
      const rows = changed.map((no) => handedIn(sheet.lines[no] as Line, sheet.columns, KEYS))
      const file = new File([csvOf([sheet.columns, ...rows])], "grid.csv", { type: "text/csv" })
      const handed = await handIn("products", file)
      const params = { path: { import_id: handed.id } }
      const preview = await send(
        fetcher.POST("/v1/imports/{import_id}/preview", {
          params,
          body: { mapping: [...sheet.columns], defaults: {} },
        }),
      )
      setChecked({ preview, lines: changed, sheet: handed.id })
    })

  const save = () =>
    guarded(async () => {
      if (!checked) return
      const params = { path: { import_id: checked.sheet } }
      const body = { mapping: [...sheet.columns], defaults: {} }
      let at = await send(
        fetcher.POST("/v1/imports/{import_id}/start", { params, body } as never) as never as Promise<{
          data?: Run
          error?: unknown
        }>,
      )
      while (at.state === "running") {
        setBusy(t("saving", { done: at.done, of: at.rows }))
        await new Promise((later) => setTimeout(later, 400))
        at = await send(fetcher.GET("/v1/imports/{import_id}", { params }))
      }
      message.success(t("saved", { good: at.done - at.refused }))
      await client.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[1]).startsWith("/v1/products") })
      if (at.refused === 0) {
        again()
        return
      }
      // What was refused stays as it was typed, with its mark; the rest is now what was there before.
      const refused = await send(
        fetcher.GET("/v1/imports/{import_id}/refused", { params: { ...params, query: { limit: 250 } } }),
      )
      const bad = new Set(refused.items.map((one) => checked.lines[one.row - 2]))
      const lines = sheet.lines.map((line, no) =>
        checked.lines.includes(no) && !bad.has(no) ? { before: line.cells, cells: line.cells } : line,
      )
      setSheet({ ...sheet, lines })
      setPast([])
      notification.warning({ title: t("left", { bad: at.refused }) })
    })

  // Rows of a file begin below its headings.
  const marks = useMemo(() => {
    const found = new Map<string, string>()
    for (const row of checked?.preview.problems ?? []) {
      const line = checked?.lines[row.row - 2]
      const column = sheet.columns.indexOf(row.problem?.field ?? "")
      if (line !== undefined) found.set(`${line} ${Math.max(column, 0)}`, `${row.problem?.title}. ${row.problem?.fix}`)
    }
    return found
  }, [checked, sheet.columns])
  const good = checked ? checked.preview.created + checked.preview.changed : 0
  const fixed = (line: Line, column: number) =>
    line.before !== null && KEYS.has(sheet.columns[column] ?? "") && line.before[column] !== ""

  return (
    <RecordPage
      title={t("title")}
      back={{ to: "/products", label: t("back") }}
      lead={t("lead", { rows: sheet.lines.length })}
      actions={
        <>
          <Button
            onClick={() =>
              change({
                ...sheet,
                lines: [...sheet.lines, ...Array.from({ length: 10 }, () => emptyLine(sheet.columns.length))],
              })
            }
          >
            {t("addRows")}
          </Button>
          <Button disabled={past.length === 0} onClick={undo}>
            {t("undo")}
          </Button>
          {checked && good > 0 ? (
            <Button type="primary" loading={Boolean(busy)} onClick={() => void save()}>
              {busy ?? t("save", { count: good })}
            </Button>
          ) : (
            <Button type="primary" disabled={changed.length === 0} loading={Boolean(busy)} onClick={() => void check()}>
              {t("check", { count: changed.length })}
            </Button>
          )}
        </>
      }
    >
      {loaded.shortened ? (
        <Alert type="info" showIcon title={t("shortened", { max: ROWS_MAX })} style={{ marginBottom: 12 }} />
      ) : null}
      {checked?.preview.refused ? (
        <Alert
          type="error"
          showIcon
          title={t("errors", { count: checked.preview.refused })}
          style={{ marginBottom: 12 }}
        />
      ) : null}
      <SheetGrid sheet={sheet} titles={loaded.titles} change={change} undo={undo} fixed={fixed} marks={marks} />
      <p className="muted">{t("keys")}</p>
      {checked && good > 0 ? <Changes checked={checked} sheet={sheet} titles={loaded.titles} /> : null}
    </RecordPage>
  )
}

interface Run {
  state: string
  done: number
  rows: number
  refused: number
}

function Changes({ checked, sheet, titles }: { checked: Checked; sheet: Sheet; titles: string[] }) {
  const t = useWords(words)
  const rows = checked.preview.items.filter((row) => row.outcome === "created" || row.outcome === "changed")
  return (
    <section className="section">
      <header>
        <h2>{t("what")}</h2>
        <span className="muted">{t("truth")}</span>
      </header>
      <ul className="changes">
        {rows.map((row) => (
          <li key={row.row}>
            <span className="mono">{row.said.sku ?? row.said.product}</span>{" "}
            {row.outcome === "created" ? (
              <span>{t("product")}</span>
            ) : (
              row.changes.map((one) => (
                <span key={one.field} className="change">
                  <span className="muted">{titles[sheet.columns.indexOf(one.field)] ?? one.field}</span>{" "}
                  <del>{one.before || "∅"}</del> <ins>{one.after || "∅"}</ins>
                </span>
              ))
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
