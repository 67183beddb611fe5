/** The figures behind a chart: the same for the eye, for the table and for the file. */

export interface Series {
  name: string
  values: (number | null)[]
  /** Drawn behind the others: what is compared with. */
  faded?: boolean
}

export interface Figures {
  /** What the first column says. */
  by: string
  labels: string[]
  series: Series[]
}

/** As a file that spreadsheets open: with a mark for their encoding, and no cell they would take for a formula. */
export function csvOf(figures: Figures, write: (value: number) => string): string {
  const rows = [
    [figures.by, ...figures.series.map((one) => one.name)],
    ...figures.labels.map((label, at) => [label, ...figures.series.map((one) => written(one.values[at], write))]),
  ]
  return `\ufeff${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`
}

function written(value: number | null | undefined, write: (value: number) => string): string {
  return value === null || value === undefined ? "" : write(value)
}

function cell(text: string): string {
  const safe = /^[=+@\t\r]|^-(?![\d.])/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
