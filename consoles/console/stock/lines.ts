/** The lines of a paper being written: scans add up, the last one scanned comes first, and a draft survives a closed tab. */

export interface Line {
  sku: string
  title: string
  unit: string
  /** Units scanned or typed. */
  units: number
  /** What the book had when it was scanned. */
  book: number
}

/** "3*code" is three of it; "code" is one. Null where nothing was typed. */
export function scanned(typed: string): { code: string; units: number } | null {
  const match = /^\s*(?:(\d{1,9})\s*[*x×]\s*)?(\S.*?)\s*$/i.exec(typed)
  if (!match?.[2]) return null
  return { code: match[2], units: match[1] === undefined ? 1 : Number(match[1]) }
}

/** The lines with these units added to their SKU, the line scanned last in front. */
export function added(lines: readonly Line[], found: Line): Line[] {
  const before = lines.find((line) => line.sku === found.sku)
  const line = before ? { ...before, units: before.units + found.units, book: found.book } : found
  return [line, ...lines.filter((other) => other.sku !== found.sku)]
}

export function set(lines: readonly Line[], sku: string, units: number): Line[] {
  return lines.map((line) => (line.sku === sku ? { ...line, units } : line))
}

export function removed(lines: readonly Line[], sku: string): Line[] {
  return lines.filter((line) => line.sku !== sku)
}

/** "/lines/3/quantity": 3. Null for a pointer to anything else. */
export function lineOf(pointer: string): number | null {
  const match = /^\/lines\/(\d+)(\/|$)/.exec(pointer)
  return match ? Number(match[1]) : null
}
