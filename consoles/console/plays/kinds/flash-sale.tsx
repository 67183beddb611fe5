import type { PlayKind } from "../kinds"

export const kind: PlayKind = {
  key: "flash-sales",
  order: 10,
  calendar: "flash_sale",
  title: { en: "Flash sales", zh: "秒杀" },
  needs: "promotion:read",
  list: () => import("../FlashSalesPage"),
  pages: [{ path: "/plays/flash-sales/$code", load: () => import("../FlashSalePage"), needs: "promotion:read" }],
}
