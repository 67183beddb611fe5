/** Cells one moves through, types into and pastes over, as in a spreadsheet. */

import { useVirtualizer } from "@tanstack/react-virtual"
import { type ClipboardEvent, type KeyboardEvent, useEffect, useRef, useState } from "react"
import {
  type Cell,
  copied,
  emptied,
  type Fixed,
  filledDown,
  isDirty,
  parsed,
  pasted,
  type Range,
  type Sheet,
  spanned,
} from "./cells"
import "./grid.css"

const ROW = 30
const WIDTHS: Record<string, number> = {
  product: 130,
  title: 260,
  description: 240,
  brand: 110,
  category: 170,
  sku: 130,
  sku_title: 200,
  barcodes: 150,
}

export function SheetGrid(props: {
  sheet: Sheet
  titles: string[]
  change: (sheet: Sheet) => void
  undo: () => void
  fixed: Fixed
  /** What is wrong, by "row column". */
  marks: ReadonlyMap<string, string>
}) {
  const { sheet, change, fixed, marks } = props
  const box = useRef<HTMLDivElement>(null)
  const editor = useRef<HTMLInputElement>(null)
  // Leaving the cell blurs it, and blurring it leaves it: only the first of the two counts.
  const editing = useRef(false)
  const [range, setRange] = useState<Range>({ from: { row: 0, column: 0 }, to: { row: 0, column: 0 } })
  const [typing, setTyping] = useState<string>()
  const at = range.to
  const span = spanned(range)
  const virtual = useVirtualizer({
    count: sheet.lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 10,
    scrollPaddingStart: ROW,
  })
  const tracks = `44px ${sheet.columns.map((name) => `${WIDTHS[name] ?? 110}px`).join(" ")}`

  useEffect(() => {
    if (typing !== undefined) editor.current?.focus()
  }, [typing])

  function go(to: Cell, extend = false) {
    const cell = {
      row: Math.max(0, Math.min(sheet.lines.length - 1, to.row)),
      column: Math.max(0, Math.min(sheet.columns.length - 1, to.column)),
    }
    setRange(extend ? { from: range.from, to: cell } : { from: cell, to: cell })
    virtual.scrollToIndex(cell.row)
    box.current
      ?.querySelector(`[data-column="${cell.column}"]`)
      ?.scrollIntoView({ block: "nearest", inline: "nearest" })
  }

  function begin(text?: string) {
    const line = sheet.lines[at.row]
    if (!line || fixed(line, at.column)) return
    editing.current = true
    setTyping(text ?? line.cells[at.column] ?? "")
  }

  function finish(move: Cell) {
    if (!editing.current) return
    editing.current = false
    if (typing !== undefined && typing !== sheet.lines[at.row]?.cells[at.column])
      change(pasted(sheet, { from: at, to: at }, [[typing]], fixed))
    setTyping(undefined)
    go(move)
    box.current?.focus()
  }

  function press(event: KeyboardEvent) {
    if (typing !== undefined) return
    const control = event.ctrlKey || event.metaKey
    const { row, column } = at
    const moves: Record<string, Cell> = {
      ArrowUp: { row: control ? 0 : row - 1, column },
      ArrowDown: { row: control ? sheet.lines.length : row + 1, column },
      ArrowLeft: { row, column: control ? 0 : column - 1 },
      ArrowRight: { row, column: control ? sheet.columns.length : column + 1 },
      Home: { row: control ? 0 : row, column: 0 },
      End: { row: control ? sheet.lines.length : row, column: sheet.columns.length },
      PageUp: { row: row - 15, column },
      PageDown: { row: row + 15, column },
    }
    const move = moves[event.key]
    if (move) go(move, event.shiftKey)
    else if (event.key === "Enter" || event.key === "F2") begin()
    else if (event.key === "Delete" || event.key === "Backspace") change(emptied(sheet, range, fixed))
    else if (control && event.key === "z") props.undo()
    else if (control && event.key === "d") change(filledDown(sheet, range, fixed))
    else if (control && event.key === "a")
      setRange({ from: { row: 0, column: 0 }, to: { row: sheet.lines.length - 1, column: sheet.columns.length - 1 } })
    else if (event.key.length === 1 && !control && !event.altKey) begin(event.key)
    else return
    event.preventDefault()
  }

  function copy(event: ClipboardEvent) {
    if (typing !== undefined) return
    event.clipboardData.setData("text/plain", copied(sheet, range))
    event.preventDefault()
  }

  function paste(event: ClipboardEvent) {
    if (typing !== undefined) return
    const block = parsed(event.clipboardData.getData("text/plain"))
    if (block.length === 0) return
    change(pasted(sheet, range, block, fixed))
    const wide = Math.max(...block.map((row) => row.length))
    if (block.length > 1 || wide > 1)
      setRange({
        from: { row: span.top, column: span.left },
        to: { row: span.top + block.length - 1, column: Math.min(span.left + wide, sheet.columns.length) - 1 },
      })
    event.preventDefault()
  }

  return (
    <div
      ref={box}
      className="sheet-grid"
      role="grid"
      aria-rowcount={sheet.lines.length + 1}
      aria-colcount={sheet.columns.length}
      aria-activedescendant={`cell-${at.row}-${at.column}`}
      tabIndex={0}
      onKeyDown={press}
      onCopy={copy}
      onPaste={paste}
    >
      <div className="sheet-head" role="row" tabIndex={-1} style={{ gridTemplateColumns: tracks }}>
        <span role="columnheader" tabIndex={-1} />
        {props.titles.map((title, column) => (
          <span key={sheet.columns[column]} role="columnheader" tabIndex={-1} data-column={column} title={title}>
            {title}
          </span>
        ))}
      </div>
      <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: "relative" }}>
        {virtual.getVirtualItems().map(({ index: row, start }) => {
          const line = sheet.lines[row]
          if (!line) return null
          return (
            <div
              key={row}
              className="sheet-row"
              role="row"
              tabIndex={-1}
              aria-rowindex={row + 2}
              style={{ gridTemplateColumns: tracks, transform: `translateY(${start}px)` }}
            >
              <span className="row-no" role="rowheader" tabIndex={-1}>
                {line.before ? row + 1 : "+"}
              </span>
              {sheet.columns.map((name, column) => {
                const active = row === at.row && column === at.column
                const wrong = marks.get(`${row} ${column}`)
                const classes = [
                  "sheet-cell",
                  row >= span.top && row <= span.bottom && column >= span.left && column <= span.right ? "within" : "",
                  active ? "active" : "",
                  isDirty(line, column) ? "dirty" : "",
                  wrong ? "wrong" : "",
                  fixed(line, column) ? "fixed" : "",
                ]
                return (
                  <span
                    key={name}
                    id={`cell-${row}-${column}`}
                    role="gridcell"
                    tabIndex={-1}
                    aria-selected={active}
                    aria-invalid={Boolean(wrong)}
                    aria-readonly={fixed(line, column)}
                    className={classes.filter(Boolean).join(" ")}
                    title={
                      wrong ?? (isDirty(line, column) && line.before ? `${line.before[column] || "∅"} →` : undefined)
                    }
                    onMouseDown={(event) => {
                      if (active && typing !== undefined) return
                      if (typing !== undefined) finish({ row, column })
                      else if (event.shiftKey) setRange({ from: range.from, to: { row, column } })
                      else setRange({ from: { row, column }, to: { row, column } })
                    }}
                    onMouseEnter={(event) => {
                      if (event.buttons === 1 && typing === undefined)
                        setRange({ from: range.from, to: { row, column } })
                    }}
                    onDoubleClick={() => begin()}
                  >
                    {active && typing !== undefined ? (
                      <input
                        ref={editor}
                        aria-label={props.titles[column]}
                        value={typing}
                        onChange={(event) => setTyping(event.target.value)}
                        onBlur={() => finish(at)}
                        onKeyDown={(event) => {
                          if (event.key === "Enter") finish({ row: at.row + (event.shiftKey ? -1 : 1), column })
                          else if (event.key === "Tab") finish({ row, column: column + (event.shiftKey ? -1 : 1) })
                          else if (event.key === "Escape") {
                            editing.current = false
                            setTyping(undefined)
                            box.current?.focus()
                          } else return
                          event.preventDefault()
                          event.stopPropagation()
                        }}
                      />
                    ) : (
                      line.cells[column]
                    )}
                  </span>
                )
              })}
            </div>
          )
        })}
      </div>
    </div>
  )
}
