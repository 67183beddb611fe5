/** Lines of an order, with how many there are of each and how many are meant. */

import type { OrderView } from "@kit/api/schema.gen"
import { QuantityInput } from "@kit/form"
import { useWords } from "@kit/words"
import type { ReactNode } from "react"
import { taking } from "./taking.words"

type Line = OrderView["lines"][number]

export interface UnitsTableProps {
  lines: Line[]
  /** What there is of a line, and its heading. */
  there: { title: string; of: (line: Line) => number }
  /** What is typed, and its heading. */
  meant: { title: string; units: Readonly<Record<number, number>>; change: (line: number, quantity: number) => void }
  /** A further question about each line. */
  besides?: { title: string; of: (line: Line) => ReactNode }
}

export function UnitsTable({ lines, there, meant, besides }: UnitsTableProps) {
  const t = useWords(taking)
  return (
    <div className="rows-box dialog-lines">
      <table className="rows">
        <thead>
          <tr>
            <th scope="col">{t("product")}</th>
            <th scope="col" className="end">
              {there.title}
            </th>
            <th scope="col" className="end enter">
              {meant.title}
            </th>
            {besides ? <th scope="col">{besides.title}</th> : null}
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.line_no}>
              <td>
                <span className="item-title">{line.title}</span>
                <span className="item-code mono">{line.sku}</span>
              </td>
              <td className="end num">{there.of(line)}</td>
              <td className="end">
                <QuantityInput
                  aria-label={`${meant.title}: ${line.title}`}
                  max={there.of(line)}
                  value={meant.units[line.line_no] ?? 0}
                  onChange={(value) => meant.change(line.line_no, value ?? 0)}
                />
              </td>
              {besides ? <td>{besides.of(line)}</td> : null}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
