import type { Area } from "@kit/shell/area"

export const area: Area = {
  pages: [{ path: "/setup", load: () => import("./SetupPage") }],
  menu: [],
}
