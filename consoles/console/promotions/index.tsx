import { PercentageOutlined } from "@ant-design/icons"
import type { Area } from "@kit/shell/area"

export const area: Area = {
  pages: [
    { path: "/promotions", load: () => import("./PromotionsPage"), needs: "promotion:read" },
    { path: "/promotions/new", load: () => import("./NewPage"), needs: "promotion:write" },
    { path: "/promotions/$promotion", load: () => import("./PromotionPage"), needs: "promotion:read" },
    { path: "/promotions/$promotion/edit", load: () => import("./EditPage"), needs: "promotion:write" },
  ],
  menu: [
    {
      group: "marketing",
      order: 10,
      path: "/promotions",
      icon: <PercentageOutlined />,
      title: { en: "Promotions", zh: "促销" },
      needs: "promotion:read",
      also: "discount offer threshold bundle gift 折扣 满减 满赠 套装 第二件半价 促销活动",
    },
  ],
}
