/** What the address of this page names. */

import { useParams } from "@tanstack/react-router"

export function usePlace(name: string): string {
  const params = useParams({ strict: false }) as Record<string, string | undefined>
  const value = params[name]
  if (value === undefined) throw new Error(`the address of this page names no ${name}`)
  return value
}
