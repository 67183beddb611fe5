import type { PlayKind } from "../kinds"

export const kind: PlayKind = {
  key: "owed",
  order: 55,
  calendar: "",
  title: { en: "Defaults", zh: "违约与定金" },
  needs: "payment:read",
  list: () => import("../bought/OwedPage"),
  pages: [],
}
