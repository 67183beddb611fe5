import type { PlayKind } from "../kinds"

export const kind: PlayKind = {
  key: "presales",
  order: 50,
  calendar: "presale",
  title: { en: "Presales", zh: "预售" },
  needs: "promotion:read",
  list: () => import("../bought/PresalesPage"),
  pages: [{ path: "/plays/presales/$code", load: () => import("../bought/PresalePage"), needs: "promotion:read" }],
}
