import type { PlayKind } from "../kinds"

export const kind: PlayKind = {
  key: "group-buys",
  order: 60,
  calendar: "group_buy",
  title: { en: "Group buys", zh: "拼团" },
  needs: "promotion:read",
  list: () => import("../bought/GroupBuysPage"),
  pages: [
    { path: "/plays/group-buys/$code", load: () => import("../bought/GroupBuyPage"), needs: "promotion:read" },
    { path: "/plays/groups/$buyers", load: () => import("../bought/GroupPage"), needs: "promotion:read" },
  ],
}
