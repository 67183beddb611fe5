/** Records for the palette. */

import type { Entry } from "@kit/palette"

export function useFound(_typed: string): { entries: Entry[]; searching: boolean } {
  return { entries: [], searching: false }
}
