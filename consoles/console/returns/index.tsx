import { RollbackOutlined } from "@ant-design/icons"
import type { Area } from "@kit/shell/area"

export const area: Area = {
  pages: [
    { path: "/returns", load: () => import("./ReturnsPage"), needs: "care:read" },
    { path: "/returns/$return", load: () => import("./ReturnPage"), needs: "care:read" },
  ],
  menu: [
    {
      group: "sell",
      order: 40,
      path: "/returns",
      icon: <RollbackOutlined />,
      title: { en: "Returns", zh: "退货" },
      needs: "care:read",
      also: "after-sales refunds 售后 退款",
    },
  ],
}
