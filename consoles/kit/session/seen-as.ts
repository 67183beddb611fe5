/** Looking at the console as a role does: less is shown, nothing is allowed that was not before. Until the tab closes. */

export interface SeenAs {
  role: string
  name: string
  grants: string[]
}

const NAME = "jiutong.seen-as"
const listeners = new Set<() => void>()

function read(): SeenAs | null {
  const written = typeof sessionStorage === "undefined" ? null : sessionStorage.getItem(NAME)
  return written ? (JSON.parse(written) as SeenAs) : null
}

let known = read()

export const seenAs = {
  now: (): SeenAs | null => known,
  choose(wanted: SeenAs | null): void {
    known = wanted
    if (wanted) sessionStorage.setItem(NAME, JSON.stringify(wanted))
    else sessionStorage.removeItem(NAME)
    for (const listener of listeners) listener()
  },
  listen(listener: () => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
}
