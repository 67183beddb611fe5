/** What a scan takes from the shelf: decided here, shown elsewhere. */

export interface PickLine {
  line: number
  sku: string
  title: string
  quantity: number
  picked: number
  canceled: number
  gtins: readonly string[]
}

export type Taken = Readonly<Record<number, number>>

export type Scan =
  | { kind: "taken"; taken: Taken; line: PickLine }
  | { kind: "enough"; line: PickLine }
  | { kind: "unknown" }

/** Units of a line that may still be taken, besides what was taken just now. */
export function missing(line: PickLine, taken: Taken): number {
  return line.quantity - line.canceled - line.picked - (taken[line.line] ?? 0)
}

/** A barcode is kept in 14 digits; printed ones have 8 to 13 and no leading zeros. */
function sameCode(line: PickLine, typed: string): boolean {
  const code = typed.trim().toLowerCase()
  if (line.sku.toLowerCase() === code) return true
  return /^\d{8,14}$/.test(code) && line.gtins.includes(code.padStart(14, "0"))
}

/** One unit of what was scanned; of two lines of the same SKU the one that lacks some. */
export function scan(lines: readonly PickLine[], taken: Taken, typed: string): Scan {
  const meant = lines.filter((line) => sameCode(line, typed))
  const lacking = meant.find((line) => missing(line, taken) > 0)
  if (lacking)
    return { kind: "taken", line: lacking, taken: { ...taken, [lacking.line]: (taken[lacking.line] ?? 0) + 1 } }
  return meant[0] ? { kind: "enough", line: meant[0] } : { kind: "unknown" }
}

/** Everything that is asked for. */
export function everything(lines: readonly PickLine[]): Taken {
  return Object.fromEntries(lines.map((line) => [line.line, missing(line, {})]).filter(([, count]) => (count ?? 0) > 0))
}

export function total(taken: Taken): number {
  return Object.values(taken).reduce((sum, count) => sum + count, 0)
}
