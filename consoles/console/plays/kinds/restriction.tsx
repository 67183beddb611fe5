import type { PlayKind } from "../kinds"

export const kind: PlayKind = {
  key: "restrictions",
  order: 70,
  calendar: "restriction",
  title: { en: "Restrictions", zh: "限售" },
  needs: "promotion:read",
  list: () => import("../RestrictionsPage"),
  pages: [{ path: "/plays/restrictions/$code", load: () => import("../RestrictionPage"), needs: "promotion:read" }],
}
