/** Code 39: every scanner reads it, and it needs no checksum. */

const BARS: Record<string, string> = {
  "0": "000110100",
  "1": "100100001",
  "2": "001100001",
  "3": "101100000",
  "4": "000110001",
  "5": "100110000",
  "6": "001110000",
  "7": "000100101",
  "8": "100100100",
  "9": "001100100",
  A: "100001001",
  B: "001001001",
  C: "101001000",
  D: "000011001",
  E: "100011000",
  F: "001011000",
  G: "000001101",
  H: "100001100",
  I: "001001100",
  J: "000011100",
  K: "100000011",
  L: "001000011",
  M: "101000010",
  N: "000010011",
  O: "100010010",
  P: "001010010",
  Q: "000000111",
  R: "100000110",
  S: "001000110",
  T: "000010110",
  U: "110000001",
  V: "011000001",
  W: "111000000",
  X: "010010001",
  Y: "110010000",
  Z: "011010000",
  "-": "010000101",
  ".": "110000100",
  " ": "011000100",
  "*": "010010100",
  "/": "010100010",
}
const WIDE = 2.5

/** The dark bars of a text as (left, width) in narrow modules, and how wide it is; null where a sign is none of Code 39. */
export function code39(text: string): { bars: [number, number][]; width: number } | null {
  const bars: [number, number][] = []
  let x = 0
  for (const sign of `*${text.toUpperCase()}*`) {
    const pattern = BARS[sign]
    if (!pattern) return null
    ;[...pattern].forEach((wide, i) => {
      const width = wide === "1" ? WIDE : 1
      if (i % 2 === 0) bars.push([x, width])
      x += width
    })
    x += 1
  }
  return { bars, width: x - 1 }
}

/** What a receipt's barcode says, and what of it a scan gives back: scanners read capitals. */
export function receiptCode(store: string, device: string, no: string): string {
  return `${store}/${device}/${no}`
}

export function readReceiptCode(
  code: string,
  here: { store: string; device: string },
): { store: string; device: string; no: string } {
  const parts = code.trim().toLowerCase().split("/")
  if (parts.length === 3) return { store: parts[0] as string, device: parts[1] as string, no: parts[2] as string }
  const no = /^\d{1,6}$/.test(code.trim()) ? code.trim().padStart(6, "0") : code.trim()
  return { ...here, no }
}
