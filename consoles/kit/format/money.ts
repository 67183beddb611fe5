/** Money and quantities as people read and type them. Amounts are integers of minor units; nothing here divides. */

const MINUS = "\u2212"
const decimals = new Map<string, number>()

/** How many minor digits a currency has: 2 for CNY and USD, 0 for JPY. */
export function minorDigits(currency: string): number {
  let digits = decimals.get(currency)
  if (digits === undefined) {
    digits = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2
    decimals.set(currency, digits)
  }
  return digits
}

export function currencySign(currency: string): string {
  if (currency === "CNY") return "¥"
  const parts = new Intl.NumberFormat("en", {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
  }).formatToParts(0)
  return parts.find((part) => part.type === "currency")?.value ?? currency
}

/** 123456 of USD: "1,234.56". Exact for every safe integer: digits are moved, not divided. */
export function amountText(minor: number, currency: string): string {
  const digits = minorDigits(currency)
  const whole = String(Math.abs(minor)).padStart(digits + 1, "0")
  const units = whole.slice(0, whole.length - digits).replace(/\B(?=(\d{3})+$)/g, ",")
  const text = digits ? `${units}.${whole.slice(-digits)}` : units
  return minor < 0 ? MINUS + text : text
}

/** 123456 of USD: "$1,234.56"; `signed` puts + before what rises. */
export function moneyText(minor: number, currency: string, signed = false): string {
  const text = currencySign(currency) + amountText(Math.abs(minor), currency)
  if (minor < 0) return MINUS + text
  return signed && minor > 0 ? `+${text}` : text
}

/** "1,234.5" of USD: 123450. Null for what is no amount, or finer than the currency. */
export function parseAmount(typed: string, currency: string): number | null {
  const digits = minorDigits(currency)
  const cleaned = typed
    .trim()
    .replace(/[,\s¥$€£]/g, "")
    .replace(/[\u2212\u2013]/, "-")
    .replace(/[。．]/, ".")
  const match = /^(-?)(\d{0,13})(?:\.(\d*))?$/.exec(cleaned)
  if (!match || (!match[2] && !match[3])) return null
  const fraction = match[3] ?? ""
  if (fraction.length > digits && /[1-9]/.test(fraction.slice(digits))) return null
  const minor = Number((match[2] || "0") + fraction.slice(0, digits).padEnd(digits, "0"))
  return match[1] && minor ? -minor : minor
}

/** 1234567: "1,234,567", with a real minus. */
export function countText(count: number): string {
  const text = String(Math.abs(count)).replace(/\B(?=(\d{3})+$)/g, ",")
  return count < 0 ? MINUS + text : text
}
