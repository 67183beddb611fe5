import type { PlayKind } from "../kinds"

export const kind: PlayKind = {
  key: "limits",
  order: 60,
  calendar: "limit",
  title: { en: "Limits", zh: "限购" },
  needs: "promotion:read",
  list: () => import("../LimitsPage"),
  pages: [{ path: "/plays/limits/$code", load: () => import("../LimitPage"), needs: "promotion:read" }],
}
