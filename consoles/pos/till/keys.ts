/** Every action of the till has a key, shown on its button; each key can be changed, and the sheet printed. */

export const DEFAULT_KEYS = {
  keys: "F1",
  search: "F2",
  member: "F3",
  hold: "F4",
  recall: "F6",
  priceCheck: "F7",
  refund: "F8",
  pay: "F9",
  savings: "/",
  coupon: "$",
  points: "#",
  redPacket: "!",
  menu: "F10",
  quantity: "*",
  plus: "+",
  minus: "-",
  lineDiscount: "%",
  voidLine: "Delete",
  clearSale: "Shift+Delete",
} as const

export type Action = keyof typeof DEFAULT_KEYS
export type Keymap = Record<Action, string>

const NAME = "jiutong.pos.keys"

export function readKeys(): Keymap {
  const written = localStorage.getItem(NAME)
  return { ...DEFAULT_KEYS, ...(written ? (JSON.parse(written) as Partial<Keymap>) : {}) }
}

export function writeKeys(map: Keymap | null): void {
  if (map) localStorage.setItem(NAME, JSON.stringify(map))
  else localStorage.removeItem(NAME)
}

/** A key as it is written here: with what is held down, where that is not part of the sign itself. */
export function pressed(event: {
  key: string
  ctrlKey: boolean
  altKey: boolean
  shiftKey: boolean
  metaKey: boolean
}): string {
  const held = [
    event.ctrlKey && "Ctrl",
    event.altKey && "Alt",
    event.metaKey && "Meta",
    event.key.length > 1 && event.shiftKey && "Shift",
  ]
  return [...held.filter(Boolean), event.key].join("+")
}

/** The action of a key. Signs a person types into a search (a letter, a digit) are never actions. */
export function actionOf(map: Keymap, key: string): Action | null {
  if (key === "?") return "keys"
  return (Object.keys(map) as Action[]).find((action) => map[action] === key) ?? null
}

/** What a key may not be: it would be in the way of typing and paying. */
export function forbidden(key: string): boolean {
  return /^[\p{L}\p{N} .]$/u.test(key) || ["Enter", "Tab", "Escape", "Backspace", "F5", "F11", "F12", "?"].includes(key)
}
