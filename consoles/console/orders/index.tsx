import { ShoppingOutlined } from "@ant-design/icons"
import type { Area } from "@kit/shell/area"

export const area: Area = {
  pages: [
    { path: "/orders", load: () => import("./OrdersPage"), needs: "order:read" },
    { path: "/orders/$order", load: () => import("./OrderPage"), needs: "order:read" },
    { path: "/orders/$order/print", load: () => import("./PrintPage"), needs: "order:read" },
  ],
  menu: [
    {
      group: "sell",
      order: 10,
      path: "/orders",
      icon: <ShoppingOutlined />,
      title: { en: "Orders", zh: "订单" },
      needs: "order:read",
      also: "sales receipts 小票 销售",
    },
  ],
}
