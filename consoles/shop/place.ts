/** Where this shop is: /shop/{tenant}/{channel}/… - and what the browser keeps for it. */

const [, , tenant = "", channel = ""] = location.pathname.split("/")

export const BASE = `/shop/${tenant}/${channel}`
export const API = `/v1/shop/${tenant}/${channel}`

/** A value kept on this device for this shop alone. */
export function kept<T>(name: string, otherwise: T) {
  const key = `jiutong.shop.${tenant}.${channel}.${name}`
  const listeners = new Set<() => void>()
  let value: T | undefined
  window.addEventListener("storage", (event) => {
    if (event.key !== key) return
    value = undefined
    for (const listener of listeners) listener()
  })
  return {
    now(): T {
      if (value === undefined) {
        const written = localStorage.getItem(key)
        try {
          value = written === null ? otherwise : (JSON.parse(written) as T)
        } catch {
          value = otherwise // somebody else's, or half of ours: begin anew
        }
      }
      return value
    },
    keep(wanted: T): void {
      value = wanted
      localStorage.setItem(key, JSON.stringify(wanted))
      for (const listener of listeners) listener()
    },
    listen(listener: () => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
