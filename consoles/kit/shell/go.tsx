/** A link to another screen; its address may carry a query. */

import { Link, useNavigate } from "@tanstack/react-router"
import { type ReactNode, useCallback } from "react"

function parted(to: string): { to: string; search: Record<string, string>; hash?: string } {
  const url = new URL(to, "http://here")
  return { to: url.pathname, search: Object.fromEntries(url.searchParams), hash: url.hash.slice(1) || undefined }
}

export function Go({
  to,
  children,
  className,
  title,
}: {
  to: string
  children: ReactNode
  className?: string
  title?: string
}) {
  const place = parted(to)
  return (
    <Link to={place.to as never} search={place.search as never} hash={place.hash} className={className} title={title}>
      {children}
    </Link>
  )
}

/** Goes somewhere from code: `const go = useGo(); go("/orders?status=paid")`. */
export function useGo(): (to: string) => void {
  const navigate = useNavigate()
  return useCallback(
    (to) => {
      const place = parted(to)
      navigate({ to: place.to, search: place.search, hash: place.hash } as never)
    },
    [navigate],
  )
}
