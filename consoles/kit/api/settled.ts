/** A value once it has stopped changing: what is typed is asked of the server when the typing rests. */

import { useEffect, useState } from "react"

const REST_MS = 250

export function useSettled<T>(value: T): T {
  const written = JSON.stringify(value)
  const [settled, settle] = useState(value)
  useEffect(() => {
    const later = setTimeout(() => settle(JSON.parse(written) as T), REST_MS)
    return () => clearTimeout(later)
  }, [written])
  return settled
}
