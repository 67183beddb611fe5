/** Rows by the thousand: only those in sight are in the page, and the keyboard moves through all of them. */

import { useVirtualizer } from "@tanstack/react-virtual"
import { Checkbox, Skeleton } from "antd"
import { type CSSProperties, type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react"
import { useDensity } from "../theme/antd"

export interface Column<Row> {
  key: string
  title: ReactNode
  render: (row: Row) => ReactNode
  /** CSS grid track: "120px", "minmax(200px, 2fr)". */
  width?: string
  align?: "end"
  /** Not shown until chosen. */
  hidden?: boolean
  /** Cannot be hidden: the name of the thing. */
  always?: boolean
  /** The value of `sort` that orders by this column, if the list can; `-` before it turns the order around. */
  sort?: string
}

export interface GridProps<Row> {
  label: string
  columns: Column<Row>[]
  rows: Row[]
  rowKey: (row: Row) => string
  more: boolean
  loading: boolean
  onMore: () => void
  onOpen?: (row: Row) => void
  chosen?: ReadonlySet<string>
  onChoose?: (keys: ReadonlySet<string>) => void
  chooseWords?: { all: string; row: (row: Row) => string }
  sort?: string
  onSort?: (sort: string | undefined) => void
  tall?: boolean
}

const ROW = { comfortable: 40, compact: 30 }

export function Grid<Row>(props: GridProps<Row>) {
  const { columns, rows, rowKey, chosen, onChoose, onOpen, more, loading, onMore } = props
  const density = useDensity()
  const box = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState(-1)
  const height = props.tall ? 56 : ROW[density]
  const virtual = useVirtualizer({
    count: rows.length + (more || loading ? 3 : 0),
    getScrollElement: () => box.current,
    estimateSize: () => height,
    overscan: 12,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows are measured anew when their height changes
  useEffect(() => virtual.measure(), [virtual, height])
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (more && !loading && last >= rows.length - 20) onMore()
  }, [more, loading, last, rows.length, onMore])

  const tracks = [...(onChoose ? ["36px"] : []), ...columns.map((column) => column.width ?? "minmax(100px, 1fr)")].join(
    " ",
  )
  // Every row lays its own tracks: they agree only where no row's content can widen them.
  const style: CSSProperties = { gridTemplateColumns: tracks, minWidth: leastWidth(tracks) }

  function move(to: number) {
    const next = Math.max(0, Math.min(rows.length - 1, to))
    setActive(next)
    virtual.scrollToIndex(next)
  }

  function toggle(row: Row) {
    if (!onChoose || !chosen) return
    const next = new Set(chosen)
    const key = rowKey(row)
    if (!next.delete(key)) next.add(key)
    onChoose(next)
  }

  function press(event: KeyboardEvent) {
    const row = rows[active]
    if (event.target !== box.current && event.key !== "j" && event.key !== "k") return
    if (event.key === "j" || event.key === "ArrowDown") move(active + 1)
    else if (event.key === "k" || event.key === "ArrowUp") move(active - 1)
    else if (event.key === "Home") move(0)
    else if (event.key === "End") move(rows.length - 1)
    else if (event.key === "Enter" && row) onOpen?.(row)
    else if ((event.key === "x" || event.key === " ") && row) toggle(row)
    else return
    event.preventDefault()
  }

  return (
    <div
      ref={box}
      className="grid"
      role="grid"
      aria-label={props.label}
      aria-rowcount={more ? -1 : rows.length + 1}
      aria-multiselectable={onChoose ? true : undefined}
      aria-activedescendant={active >= 0 && rows[active] ? `row-${rowKey(rows[active])}` : undefined}
      aria-busy={loading}
      tabIndex={0}
      onKeyDown={press}
    >
      <div className="grid-head" role="row" tabIndex={-1} aria-rowindex={1} style={style}>
        {onChoose && chosen ? (
          <div role="columnheader" tabIndex={-1} className="grid-cell">
            <Checkbox
              aria-label={props.chooseWords?.all}
              checked={rows.length > 0 && chosen.size >= rows.length}
              indeterminate={chosen.size > 0 && chosen.size < rows.length}
              onChange={(event) => onChoose(new Set(event.target.checked ? rows.map(rowKey) : []))}
            />
          </div>
        ) : null}
        {columns.map((column) => (
          <HeadCell key={column.key} column={column} sort={props.sort} onSort={props.onSort} />
        ))}
      </div>
      <div className="grid-body" role="rowgroup" style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = rows[item.index]
          const place: CSSProperties = { ...style, height, transform: `translateY(${item.start}px)` }
          if (row === undefined)
            return (
              <OutlineRow key={`outline ${item.index}`} style={place} cells={columns.length + (onChoose ? 1 : 0)} />
            )
          const key = rowKey(row)
          const picked = chosen?.has(key) ?? false
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the grid answers the keyboard for its rows
            <div
              key={key}
              id={`row-${key}`}
              className={`grid-row${item.index === active ? " active" : ""}${picked ? " picked" : ""}${onOpen ? " opens" : ""}`}
              role="row"
              tabIndex={-1}
              aria-rowindex={item.index + 2}
              aria-selected={onChoose ? picked : undefined}
              style={place}
              onClick={(event) => {
                setActive(item.index)
                if (!(event.target as HTMLElement).closest("a,button,input,label") && !getSelection()?.toString())
                  onOpen?.(row)
              }}
            >
              {onChoose ? (
                <div role="gridcell" tabIndex={-1} className="grid-cell">
                  <Checkbox
                    tabIndex={-1}
                    aria-label={props.chooseWords?.row(row)}
                    checked={picked}
                    onChange={() => toggle(row)}
                  />
                </div>
              ) : null}
              {columns.map((column) => (
                <div
                  key={column.key}
                  role="gridcell"
                  tabIndex={-1}
                  className={`grid-cell${column.align === "end" ? " end" : ""}`}
                >
                  {column.render(row)}
                </div>
              ))}
            </div>
          )
        })}
      </div>
    </div>
  )
}

/** What the tracks come to at their narrowest: the first length each one names. */
function leastWidth(tracks: string): number {
  const ROW_PADDING = 28
  return (tracks.match(/minmax\(\d+px|(?<![\w(,] ?)\d+px/g) ?? []).reduce(
    (sum, one) => sum + Number(/\d+/.exec(one)?.[0]),
    ROW_PADDING,
  )
}

function HeadCell<Row>({
  column,
  sort,
  onSort,
}: {
  column: Column<Row>
  sort?: string
  onSort?: (sort: string | undefined) => void
}) {
  const up = column.sort !== undefined && sort === column.sort
  const down = column.sort !== undefined && sort === `-${column.sort}`
  const order = up ? "ascending" : down ? "descending" : undefined
  return (
    <div
      role="columnheader"
      tabIndex={-1}
      aria-sort={order}
      className={`grid-cell${column.align === "end" ? " end" : ""}`}
    >
      {column.sort && onSort ? (
        <button
          type="button"
          className="grid-sort"
          onClick={() => onSort(up ? `-${column.sort}` : down ? undefined : column.sort)}
        >
          {column.title}
          <span aria-hidden="true">{up ? " ↑" : down ? " ↓" : ""}</span>
        </button>
      ) : (
        column.title
      )}
    </div>
  )
}

function OutlineRow({ style, cells }: { style: CSSProperties; cells: number }) {
  return (
    <div className="grid-row" style={style} aria-hidden="true">
      {Array.from({ length: cells }, (_, index) => index).map((index) => (
        <div key={index} className="grid-cell">
          <Skeleton.Node active style={{ width: `${50 + ((index * 37) % 40)}%`, height: 12, minWidth: 20 }} />
        </div>
      ))}
    </div>
  )
}
