/** What the screens of agreed prices work out: sums of lines and how one price stands to another. Integers, rounded once. */

/** What `quantity` costs at `amount` for `per`, rounded half up once for the line, as the house does. */
export function lineAmount(amount: number, per: number, quantity: number): number {
  return Math.floor((2 * amount * quantity + per) / (2 * per))
}

/** The sum of lines, or null while one of them has no price. */
export function sum(lines: { amount: number | null | undefined; per: number; quantity: number }[]): number | null {
  let total = 0
  for (const line of lines) {
    if (typeof line.amount !== "number") return null
    total += lineAmount(line.amount, line.per, line.quantity)
  }
  return total
}

/** By how many tenths of a percent a price moves from another, both per base units; null without the other. */
export function permille(
  amount: number,
  per: number,
  from: number | null | undefined,
  fromPer: number | null | undefined,
): number | null {
  if (!from || !fromPer) return null
  return Math.round((amount * fromPer * 1000) / (from * per)) - 1000
}

/** −8.5 % in text, with a real minus. */
export function percentText(tenths: number): string {
  const whole = (Math.abs(tenths) / 10).toFixed(1)
  return `${tenths < 0 ? "−" : tenths > 0 ? "+" : ""}${whole} %`
}

/** A share of basis points in text: 2000 is "20.0 %", a loss has a real minus. */
export function shareText(bp: number): string {
  return `${bp < 0 ? "−" : ""}${(Math.abs(bp) / 100).toFixed(1)} %`
}

/** The margin a price leaves over the cost, in basis points, as the house reckons it; null where the cost is not known. */
export function marginOf(
  amount: number,
  per: number,
  cost: number | null | undefined,
  costPer: number | null | undefined,
): number | null {
  if (!amount || typeof cost !== "number" || !costPer) return null
  const net = amount * costPer
  return Math.floor((20_000 * (net - cost * per) + net) / (2 * net))
}
