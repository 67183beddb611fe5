import type { Area } from "@kit/shell/area"

export const area: Area = {
  pages: [{ path: "/settings", load: () => import("./SettingsPage") }],
  menu: [],
}
