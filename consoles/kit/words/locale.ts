/** The language of this person on this device: chosen, else the browser's. */

export type Locale = "en" | "zh"

const NAME = "jiutong.locale"
const listeners = new Set<() => void>()

function preferred(): Locale {
  const chosen = localStorage.getItem(NAME)
  if (chosen === "en" || chosen === "zh") return chosen
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en"
}

let current: Locale = typeof localStorage === "undefined" ? "en" : preferred()

function show(): void {
  if (typeof document !== "undefined") document.documentElement.lang = current === "zh" ? "zh-CN" : "en"
}
show()

export const locale = {
  now: (): Locale => current,
  choose(wanted: Locale): void {
    localStorage.setItem(NAME, wanted)
    current = wanted
    show()
    for (const listener of listeners) listener()
  },
  listen(listener: () => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
}
