/** The bearer token of whoever is signed in, shared by all tabs of this origin. */

export interface Held {
  token: string
  tenant: string
  until: number
}

type Listener = () => void

const NAME = "jiutong.session"
const listeners = new Set<Listener>()
let known: Held | null | undefined

function read(): Held | null {
  const written = localStorage.getItem(NAME)
  if (!written) return null
  const held = JSON.parse(written) as Held
  return held.until > Date.now() ? held : null
}

function tell(): void {
  known = undefined
  for (const listener of listeners) listener()
}

if (typeof window !== "undefined") {
  window.addEventListener("storage", (event) => {
    if (event.key === NAME) tell()
  })
}

export const token = {
  held(): Held | null {
    if (known === undefined) known = read()
    return known
  },
  hold(held: Held): void {
    localStorage.setItem(NAME, JSON.stringify(held))
    tell()
  },
  drop(): void {
    if (localStorage.getItem(NAME) === null) return
    localStorage.removeItem(NAME)
    tell()
  },
  listen(listener: Listener): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
}
