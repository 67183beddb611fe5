import { TruckOutlined } from "@ant-design/icons"
import type { Area } from "@kit/shell/area"

export const area: Area = {
  pages: [
    { path: "/freight", load: () => import("./TemplatesPage"), needs: "freight:read" },
    { path: "/freight/templates/$template", load: () => import("./TemplatePage"), needs: "freight:read" },
    { path: "/freight/fees", load: () => import("./FeesPage"), needs: "freight:read" },
    { path: "/freight/fees/$fee", load: () => import("./FeePage"), needs: "freight:read" },
  ],
  menu: [
    {
      group: "sell",
      order: 35,
      path: "/freight",
      icon: <TruckOutlined />,
      title: { en: "Freight and fees", zh: "运费与费用" },
      needs: "freight:read",
      also: "shipping delivery template zone packing surcharge 运费模板 包邮 配送区域 包装费 服务费",
    },
  ],
}
