/**
 * One list for every noun: what it shows is in its address, its chips are always in sight, its rows come as they are needed.
 *
 *   <ListPage name="orders" title={t("title")} path="/v1/orders" row={(order) => order.id} columns={…} filters={…}
 *     search={{ key: "q", hint: t("find") }} open={(order) => `/orders/${order.id}`} bulk={…} />
 *
 * `path` is a GET of the API that answers `{ items, next }` and takes `after` and `limit`; filters are its query parameters.
 * Keys: `/` search, `j` `k` move, `Enter` opens, `x` chooses, `Esc` lets go.
 */

import { SearchOutlined } from "@ant-design/icons"
import { useInfiniteQuery } from "@tanstack/react-query"
import { useNavigate } from "@tanstack/react-router"
import { Button, Input, type InputRef } from "antd"
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from "react"
import { fetcher, problemOf } from "../api/client"
import type { paths } from "../api/schema.gen"
import { useTitle } from "../record"
import { Empty, Refused } from "../states"
import { useWords } from "../words"
import { ColumnChoice, useColumns } from "./columns"
import { Export } from "./export"
import { type Filter, Filters, isSet, keysOf } from "./filters"
import { type Column, Grid } from "./Grid"
import "./list.css"
import { useSearchState } from "./search"
import { Views } from "./views"
import { words } from "./words"

export type { Choice, Filter } from "./filters"
export { type Column, Grid } from "./Grid"
export { useSearchState } from "./search"

const PAGE = 100

/** GETs that answer a page of something. */
export type ListPath = {
  [P in keyof paths]: paths[P] extends {
    get: { responses: { 200: { content: { "application/json": { items: unknown[] } } } } }
  }
    ? P
    : never
}[keyof paths]

export type RowOf<P extends ListPath> = paths[P] extends {
  get: { responses: { 200: { content: { "application/json": { items: (infer Row)[] } } } } }
}
  ? Row
  : never

export interface Bulk<Row> {
  key: string
  label: (count: number) => string
  run: (rows: Row[]) => Promise<void> | void
  danger?: boolean
}

export interface ListPageProps<P extends ListPath> {
  /** Names its views and its columns on this device. */
  name: string
  title: string
  path: P
  row: (row: RowOf<P>) => string
  columns: Column<RowOf<P>>[]
  filters?: Filter[]
  /** Parameters that are not the user's to change; `path` fills the address, `query` the rest. */
  fixed?: { path?: Record<string, string>; query?: Record<string, string | number | boolean> }
  search?: { key: string; hint: string }
  open?: (row: RowOf<P>) => string
  bulk?: Bulk<RowOf<P>>[]
  /** The main action, at the end of the title line. */
  action?: ReactNode
  /** Above the chips: tabs, a summary. */
  above?: ReactNode
  /** What this list is for, and the next step, shown while it has no rows at all. */
  empty: { title: string; body?: ReactNode; action?: ReactNode }
  /** `kind` of /v1/exports that hands out what is shown. */
  exports?: string
  tall?: boolean
  /** Part of another page: no title of its own. */
  embedded?: boolean
}

export function ListPage<P extends ListPath>(props: ListPageProps<P>) {
  type Row = RowOf<P>
  const t = useWords(words)
  useTitle(props.embedded ? undefined : props.title)
  const navigate = useNavigate()
  const [search, change] = useSearchState()
  const filters = props.filters ?? []
  const known = useMemo(
    () => [...(props.filters ?? []).flatMap(keysOf), ...(props.search ? [props.search.key] : []), "sort"],
    [props.filters, props.search],
  )
  const asked = useMemo(
    () => Object.fromEntries(Object.entries(search).filter(([key]) => known.includes(key))),
    [known, search],
  )
  const { path, query } = props.fixed ?? {}
  const pages = useInfiniteQuery({
    queryKey: ["get", props.path, { path, query: { ...query, ...asked } }, "pages"],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const params = { path, query: { ...query, ...asked, after: pageParam, limit: PAGE } }
      const { data, error } = await fetcher.GET(props.path as never, { params, signal } as never)
      if (error !== undefined) throw error
      return data as { items: Row[]; next?: string | null }
    },
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: (before) => before,
    retry: (count, thrown) => count < 2 && !problemOf(thrown)?.status,
  })
  const rows = useMemo(() => pages.data?.pages.flatMap((page) => page.items) ?? [], [pages.data])
  const [chosen, choose] = useState<ReadonlySet<string>>(new Set())
  const columns = useColumns(props.name, props.columns)
  const find = useRef<InputRef>(null)
  useSlash(find)
  const { fetchNextPage } = pages
  const onMore = useCallback(() => void fetchNextPage(), [fetchNextPage])
  const filtered = Object.keys(asked).some((key) => key !== "sort")
  const picked = rows.filter((row) => chosen.has(props.row(row)))

  return (
    <section className={props.embedded ? "list embedded" : "list"} aria-label={props.title}>
      {props.embedded ? null : (
        <header className="list-title">
          <h1>{props.title}</h1>
          <div className="list-actions">
            {props.exports ? <Export kind={props.exports} query={{ ...query, ...asked }} /> : null}
            {props.action}
          </div>
        </header>
      )}
      {props.above}
      <div className="list-tools">
        {props.search ? (
          <SearchBox
            key={search[props.search.key] ?? ""}
            box={find}
            hint={props.search.hint}
            value={search[props.search.key] ?? ""}
            onFind={(typed) => change({ [props.search?.key ?? ""]: typed || undefined })}
          />
        ) : null}
        <Filters filters={filters} search={search} change={change} />
        <span className="spring" />
        <Views
          name={props.name}
          search={asked}
          apply={(wanted) => change({ ...Object.fromEntries(known.map((key) => [key, undefined])), ...wanted })}
          columns={columns.keys}
          show={columns.show}
        />
        <ColumnChoice columns={props.columns} choice={columns} />
      </div>
      {chosen.size > 0 && props.bulk ? (
        <div className="selection" role="toolbar" aria-label={t("selected", { count: picked.length })}>
          <strong aria-live="polite">{t("selected", { count: picked.length })}</strong>
          {props.bulk.map((act) => (
            <Button
              key={act.key}
              size="small"
              danger={act.danger}
              onClick={async () => {
                await act.run(picked)
                choose(new Set())
              }}
            >
              {act.label(picked.length)}
            </Button>
          ))}
          <Button type="text" size="small" onClick={() => choose(new Set())}>
            {t("letGo")}
          </Button>
        </div>
      ) : null}
      {pages.isError && rows.length === 0 ? (
        <Refused error={pages.error} retry={() => pages.refetch()} />
      ) : rows.length === 0 && !pages.isPending && !pages.hasNextPage ? (
        filtered ? (
          <Empty
            title={t("nothing")}
            body={t("nothingBody")}
            action={
              <Button onClick={() => change(Object.fromEntries(known.map((key) => [key, undefined])))}>
                {filters.some((filter) => isSet(filter, search)) ? t("clearFilters") : t("clearSearch")}
              </Button>
            }
          />
        ) : (
          <Empty {...props.empty} />
        )
      ) : (
        <Grid<Row>
          label={props.title}
          columns={columns.shown}
          rows={rows}
          rowKey={props.row}
          more={pages.hasNextPage}
          loading={pages.isPending || pages.isFetchingNextPage}
          onMore={onMore}
          onOpen={props.open ? (row) => navigate({ to: props.open?.(row) as never }) : undefined}
          chosen={props.bulk ? chosen : undefined}
          onChoose={props.bulk ? choose : undefined}
          chooseWords={{ all: t("chooseAll"), row: (row) => t("chooseRow", { name: props.row(row) }) }}
          sort={search.sort}
          onSort={(sort) => change({ sort })}
          tall={props.tall}
        />
      )}
      <footer className="list-foot muted" aria-live="polite">
        {pages.isPending ? t("loading") : t(pages.hasNextPage ? "shownSoFar" : "shown", { count: rows.length })}
      </footer>
    </section>
  )
}

function SearchBox(props: {
  box: React.RefObject<InputRef | null>
  hint: string
  value: string
  onFind: (typed: string) => void
}) {
  const [typed, type] = useState(props.value)
  const { onFind, value } = props
  useEffect(() => {
    if (typed === value) return
    const later = setTimeout(() => onFind(typed.trim()), 250)
    return () => clearTimeout(later)
  }, [typed, value, onFind])
  return (
    <Input
      ref={props.box}
      className="list-search"
      prefix={<SearchOutlined aria-hidden="true" />}
      suffix={<kbd>/</kbd>}
      placeholder={props.hint}
      aria-label={props.hint}
      value={typed}
      autoFocus={Boolean(props.value)}
      onChange={(event) => type(event.target.value)}
      onPressEnter={() => onFind(typed.trim())}
      allowClear
    />
  )
}

function useSlash(box: React.RefObject<InputRef | null>) {
  useEffect(() => {
    function press(event: KeyboardEvent) {
      const typing = (event.target as HTMLElement).closest("input,textarea,select,[contenteditable=true]")
      if (event.key !== "/" || typing || event.ctrlKey || event.metaKey) return
      event.preventDefault()
      box.current?.focus({ cursor: "all" })
    }
    addEventListener("keydown", press)
    return () => removeEventListener("keydown", press)
  }, [box])
}
