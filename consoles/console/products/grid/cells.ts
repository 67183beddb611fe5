/** What a sheet of cells holds and how it changes: pasted, filled, emptied, undone. Knows nothing of the screen. */

export interface Cell {
  row: number
  column: number
}
export interface Range {
  from: Cell
  to: Cell
}
export interface Line {
  /** What was there when it was loaded; a line of one's own has none. */
  before: readonly string[] | null
  cells: readonly string[]
}
export interface Sheet {
  columns: readonly string[]
  lines: readonly Line[]
}

/** What empties a value when it is taken over; an empty cell would leave it alone. */
export const CLEAR = "(clear)"

export function spanned({ from, to }: Range) {
  return {
    top: Math.min(from.row, to.row),
    bottom: Math.max(from.row, to.row),
    left: Math.min(from.column, to.column),
    right: Math.max(from.column, to.column),
  }
}

/** A spreadsheet's clipboard: tabs between cells, line ends between rows, quotes around what holds either. */
export function parsed(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let cell = ""
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const sign = text[at] as string
    if (quoted) {
      if (sign === '"' && text[at + 1] === '"') {
        cell += '"'
        at++
      } else if (sign === '"') quoted = false
      else cell += sign
    } else if (sign === '"' && cell === "") quoted = true
    else if (sign === "\t") {
      row.push(cell)
      cell = ""
    } else if (sign === "\n") {
      row.push(cell.replace(/\r$/, ""))
      rows.push(row)
      row = []
      cell = ""
    } else cell += sign
  }
  if (cell !== "" || row.length) rows.push([...row, cell])
  return rows
}

export function copied(sheet: Sheet, range: Range): string {
  const { top, bottom, left, right } = spanned(range)
  return sheet.lines
    .slice(top, bottom + 1)
    .map((line) =>
      line.cells
        .slice(left, right + 1)
        .map(quotedIfNeeded)
        .join("\t"),
    )
    .join("\n")
}

function quotedIfNeeded(cell: string): string {
  return /[\t\n"]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}

export type Fixed = (line: Line, column: number) => boolean

/** Cells put over those from `at` on; one cell fills the whole range. Lines are added where the paste reaches below the last. */
export function pasted(sheet: Sheet, range: Range, block: readonly (readonly string[])[], fixed: Fixed): Sheet {
  const { top, bottom, left, right } = spanned(range)
  const single = block.length === 1 && block[0]?.length === 1
  const rows = single ? bottom - top + 1 : block.length
  const lines = [...sheet.lines]
  while (lines.length < top + rows) lines.push(emptyLine(sheet.columns.length))
  for (let no = 0; no < rows; no++) {
    const line = lines[top + no] as Line
    const given = single ? Array<string>(right - left + 1).fill(block[0]?.[0] ?? "") : (block[no] ?? [])
    const cells = [...line.cells]
    given.forEach((value, offset) => {
      const column = left + offset
      if (column < sheet.columns.length && !fixed(line, column)) cells[column] = value
    })
    lines[top + no] = { ...line, cells }
  }
  return { ...sheet, lines }
}

/** The topmost cells of a range, repeated down to its end. */
export function filledDown(sheet: Sheet, range: Range, fixed: Fixed): Sheet {
  const { top, bottom, left, right } = spanned(range)
  const from = sheet.lines[top]
  if (!from || top === bottom) return sheet
  const block = Array<string[]>(bottom - top).fill(from.cells.slice(left, right + 1) as string[])
  return pasted(sheet, { from: { row: top + 1, column: left }, to: { row: bottom, column: right } }, block, fixed)
}

export function emptied(sheet: Sheet, range: Range, fixed: Fixed): Sheet {
  const { top, bottom, left, right } = spanned(range)
  const block = Array<string[]>(bottom - top + 1).fill(Array<string>(right - left + 1).fill(""))
  return pasted(sheet, { from: { row: top, column: left }, to: { row: bottom, column: right } }, block, fixed)
}

export function emptyLine(width: number): Line {
  return { before: null, cells: Array<string>(width).fill("") }
}

export function isDirty(line: Line, column: number): boolean {
  return (line.before?.[column] ?? "") !== line.cells[column]
}

/** The lines that say something new, by their number. */
export function dirty(sheet: Sheet): number[] {
  return sheet.lines.flatMap((line, no) => (line.cells.some((_, column) => isDirty(line, column)) ? [no] : []))
}

/** What is handed in of a changed line: its keys, the cells that changed, and a word for those that were emptied. */
export function handedIn(line: Line, columns: readonly string[], keys: ReadonlySet<string>): string[] {
  return line.cells.map((cell, column) => {
    if (keys.has(columns[column] ?? "")) return cell
    if (!isDirty(line, column)) return ""
    return cell.trim() === "" ? CLEAR : cell
  })
}

export function csvOf(rows: readonly (readonly string[])[]): string {
  const quoted = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)
  // What begins like a formula is kept from being one; the reader takes the sign away again.
  const harmless = (cell: string) => (/^[=+\-@\t\r']/.test(cell) ? `'${cell}` : cell)
  return rows.map((row) => row.map((cell) => quoted(harmless(cell))).join(",")).join("\r\n")
}

/** A CSV file of ours, read as it was written; at most `rowsMax` rows below its headings. */
export function csvRead(text: string, rowsMax = Number.POSITIVE_INFINITY): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let cell = ""
  let quoted = false
  for (let at = 0; at < text.length && rows.length <= rowsMax; at++) {
    const sign = text[at] as string
    if (quoted) {
      if (sign === '"' && text[at + 1] === '"') {
        cell += '"'
        at++
      } else if (sign === '"') quoted = false
      else cell += sign
    } else if (sign === '"') quoted = true
    else if (sign === ",") {
      row.push(plain(cell))
      cell = ""
    } else if (sign === "\n") {
      row.push(plain(cell.replace(/\r$/, "")))
      rows.push(row)
      row = []
      cell = ""
    } else cell += sign
  }
  return rows
}

const plain = (cell: string) => cell.replace(/^'(?=[=+\-@\t\r'])/, "")
