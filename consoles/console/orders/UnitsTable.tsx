/** Lines of an order, with how many there are of each and how many are meant. */

import type { OrderView } from "@kit/api/schema.gen"
import { QuantityInput } from "@kit/form"
import { Goods, Rows } from "@kit/record/Rows"
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
    <Rows
      className="dialog-lines"
      rows={lines}
      by={(line) => line.line_no}
      columns={[
        { title: t("product"), of: (line) => <Goods title={line.title} sku={line.sku} /> },
        { title: there.title, end: true, of: there.of },
        {
          title: meant.title,
          end: true,
          look: "enter",
          of: (line) => (
            <QuantityInput
              aria-label={`${meant.title}: ${line.title}`}
              max={there.of(line)}
              value={meant.units[line.line_no] ?? 0}
              onChange={(value) => meant.change(line.line_no, value ?? 0)}
            />
          ),
        },
        besides ? { title: besides.title, of: besides.of } : null,
      ]}
    />
  )
}
