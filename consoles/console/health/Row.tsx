/** One column of a row that breaks an invariant: a link wherever it names something that has a page. */

import { Go } from "@kit/shell/go"

const PAGES: [RegExp, (value: string) => string][] = [
  [/^ord_/, (value) => `/orders/${value}`],
  [/^ent_/, (value) => `/ledger/entries/${value}`],
  [/^ret_/, (value) => `/returns/${value}`],
  [/^pap_/, (value) => `/stock/papers/${value}`],
  [/^ten_/, (value) => `/payments/${value}`],
  [/^mem_/, (value) => `/members/${value}`],
]

export function addressOf(name: string, value: unknown): string | null {
  if (typeof value !== "string") return null
  if (name === "code" && value.includes(":")) return `/ledger/account?code=${encodeURIComponent(value)}`
  return PAGES.find(([is]) => is.test(value))?.[1](value) ?? null
}

export function Row({ name, value }: { name: string; value: unknown }) {
  const to = addressOf(name, value)
  const text =
    value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value)
  return <span className="mono num">{to ? <Go to={to}>{text}</Go> : text}</span>
}
