/** A small table inside a page: the few rows that belong to one thing, all of them shown. Long lists are `kit/list`. */

import type { Key, ReactNode } from "react"
import { Go } from "../shell/go"

export interface Column<Row> {
  /** Heads the column. A table in which no column has one has no head. */
  title?: ReactNode
  of: (row: Row, index: number) => ReactNode
  /** At the end of its column, where numbers and sums stand. */
  end?: boolean
  /** Further classes of its cells. */
  look?: string | ((row: Row) => string)
  /** What the cell says when pointed at. */
  hint?: (row: Row) => string
}

export interface RowsProps<Row> {
  rows: readonly Row[]
  by: (row: Row) => Key
  /** What is falsy is left out, so a column can depend on what there is. */
  columns: readonly (Column<Row> | false | null)[]
  /** Sums under the table: rows of its own. */
  foot?: ReactNode
  /** Further classes of the box around the table. */
  className?: string
  /** Further classes of a row. */
  look?: (row: Row) => string | undefined
  label?: string
}

export function Rows<Row>({ rows, by, columns, foot, className, look, label }: RowsProps<Row>) {
  const shown = columns.filter((column) => column !== false && column !== null)
  return (
    <div className={classes("rows-box", className)}>
      <table className="rows" aria-label={label}>
        {shown.some((column) => column.title !== undefined) ? (
          <thead>
            <tr>
              {shown.map((column, place) => (
                <th
                  // biome-ignore lint/suspicious/noArrayIndexKey: columns do not move
                  key={place}
                  scope="col"
                  className={classes(column.end && "end", typeof column.look === "string" && column.look) || undefined}
                >
                  {column.title}
                </th>
              ))}
            </tr>
          </thead>
        ) : null}
        <tbody>
          {rows.map((row, index) => (
            <tr key={by(row)} className={look?.(row)}>
              {shown.map((column, place) => (
                <td
                  // biome-ignore lint/suspicious/noArrayIndexKey: columns do not move
                  key={place}
                  className={
                    classes(
                      column.end && "end num",
                      typeof column.look === "function" ? column.look(row) : column.look,
                    ) || undefined
                  }
                  title={column.hint?.(row)}
                >
                  {column.of(row, index)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        {foot ? <tfoot>{foot}</tfoot> : null}
      </table>
    </div>
  )
}

/** The number of a record, which opens it. */
export function Opens({ to, id, children }: { to: string; id: string; children?: ReactNode }) {
  return (
    <Go to={`${to}/${encodeURIComponent(id)}`} className="mono">
      {children ?? id}
    </Go>
  )
}

/** Goods in a row: what they are called, and under it the number they go by. */
export function Goods({ title, sku, children }: { title: ReactNode; sku: ReactNode; children?: ReactNode }) {
  return (
    <>
      <span className="item-title">{title}</span>
      <span className="item-code mono">{sku}</span>
      {children}
    </>
  )
}

/** Nothing to count: said quietly. */
export const None = () => <span className="muted">–</span>

function classes(...names: (string | false | undefined)[]): string {
  return names.filter(Boolean).join(" ")
}
