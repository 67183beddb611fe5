import { TagOutlined } from "@ant-design/icons"
import type { Area } from "@kit/shell/area"

export const area: Area = {
  pages: [
    { path: "/coupons", load: () => import("./BatchesPage"), needs: "coupon:read" },
    { path: "/coupons/new", load: () => import("./NewPage"), needs: "coupon:write" },
    { path: "/coupons/all", load: () => import("./CouponsPage"), needs: "coupon:read" },
    { path: "/coupons/$batch", load: () => import("./BatchPage"), needs: "coupon:read" },
    { path: "/coupons/$batch/edit", load: () => import("./EditPage"), needs: "coupon:write" },
  ],
  menu: [
    {
      group: "marketing",
      order: 20,
      path: "/coupons",
      icon: <TagOutlined />,
      title: { en: "Coupons", zh: "优惠券" },
      needs: "coupon:read",
      also: "coupon batch code voucher 优惠券 券批次 券码 领券 核销",
    },
  ],
}
