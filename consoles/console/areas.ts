/** Every area of the console: a folder beside this file whose index says what it has. */

import type { Area } from "@kit/shell/area"

const found = import.meta.glob<{ area: Area }>("./*/index.tsx", { eager: true })

export const areas: Area[] = Object.keys(found)
  .sort()
  .map((path) => found[path]?.area)
  .filter((area) => area !== undefined)
