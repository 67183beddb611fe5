/** How this person wants to see: light or dark, roomy or compact. Written to the root element before the first paint. */

export type Theme = "light" | "dark" | "system"
export type Density = "comfortable" | "compact"

const listeners = new Set<() => void>()
const dark = typeof matchMedia === "undefined" ? null : matchMedia("(prefers-color-scheme: dark)")

function read<T extends string>(name: string, otherwise: T): T {
  return (typeof localStorage === "undefined" ? null : (localStorage.getItem(name) as T | null)) ?? otherwise
}

let theme = read<Theme>("jiutong.theme", "system")
let density = read<Density>("jiutong.density", "comfortable")

function show(): void {
  if (typeof document === "undefined") return
  document.documentElement.dataset.theme = preference.shown()
  document.documentElement.dataset.density = density
  for (const listener of listeners) listener()
}

export const preference = {
  theme: (): Theme => theme,
  shown: (): "light" | "dark" => (theme === "system" ? (dark?.matches ? "dark" : "light") : theme),
  density: (): Density => density,
  chooseTheme(wanted: Theme): void {
    theme = wanted
    localStorage.setItem("jiutong.theme", wanted)
    show()
  },
  chooseDensity(wanted: Density): void {
    density = wanted
    localStorage.setItem("jiutong.density", wanted)
    show()
  },
  listen(listener: () => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
}

dark?.addEventListener("change", show)
show()
