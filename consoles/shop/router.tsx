/** Addresses of the shop: plain links that work without JavaScript too, followed in place where it runs. */

import { type AnchorHTMLAttributes, useSyncExternalStore } from "react"
import { BASE } from "./place"

const listeners = new Set<() => void>()
let address = location.pathname + location.search

function tell(): void {
  address = location.pathname + location.search
  for (const listener of listeners) listener()
}

addEventListener("popstate", tell)

/** An address inside the shop: "/p/x" is /shop/tenant/channel/p/x. */
export function to(path: string): string {
  return `${BASE}${path}`
}

export function go(path: string, how: { replace?: boolean } = {}): void {
  if (how.replace) history.replaceState(null, "", to(path))
  else history.pushState(null, "", to(path))
  const from = address.split("?")[0]
  tell()
  // Another page begins at its top, and says so to whoever does not see it; another filter does not.
  if (from !== location.pathname) {
    scrollTo({ top: 0 })
    document.getElementById("main")?.focus({ preventScroll: true })
  }
}

/** The path inside the shop, and its query. */
export function useAddress(): { path: string; query: URLSearchParams } {
  const now = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => address,
  )
  const [path = "", query = ""] = now.split("?")
  return { path: decodeURI(path.slice(BASE.length)).replace(/\/$/, "") || "/", query: new URLSearchParams(query) }
}

/** A link to somewhere in the shop. */
export function Go({ href, onClick, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement> & { href: string }) {
  return (
    <a
      {...rest}
      href={to(href)}
      onClick={(event) => {
        onClick?.(event)
        if (
          event.defaultPrevented ||
          event.button !== 0 ||
          event.metaKey ||
          event.ctrlKey ||
          event.shiftKey ||
          event.altKey
        )
          return
        event.preventDefault()
        go(href)
      }}
    />
  )
}
