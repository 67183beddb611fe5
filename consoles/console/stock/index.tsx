import { AuditOutlined, ContainerOutlined, FileDoneOutlined, InboxOutlined, WarningOutlined } from "@ant-design/icons"
import type { Area } from "@kit/shell/area"

export const area: Area = {
  pages: [
    { path: "/stock", load: () => import("./StockPage"), needs: "inventory:read" },
    { path: "/stock/skus/$sku", load: () => import("./SkuPage"), needs: "inventory:read" },
    { path: "/stock/receive", load: () => import("./ReceivePage"), needs: "inventory:write" },
    { path: "/stock/count", load: () => import("./CountPage"), needs: "inventory:write" },
    { path: "/stock/adjust", load: () => import("./AdjustPage"), needs: "inventory:write" },
    { path: "/stock/papers", load: () => import("./PapersPage"), needs: "inventory:read" },
    { path: "/stock/papers/$paper", load: () => import("./PaperPage"), needs: "inventory:read" },
    { path: "/stock/shortages", load: () => import("./ShortagesPage"), needs: "inventory:read" },
  ],
  menu: [
    {
      group: "stock",
      order: 10,
      path: "/stock",
      icon: <ContainerOutlined />,
      title: { en: "Stock", zh: "库存" },
      needs: "inventory:read",
      also: "ATP available 可售",
    },
    {
      group: "stock",
      order: 20,
      path: "/stock/receive",
      icon: <InboxOutlined />,
      title: { en: "Receive", zh: "收货入库" },
      needs: "inventory:write",
    },
    {
      group: "stock",
      order: 30,
      path: "/stock/count",
      icon: <AuditOutlined />,
      title: { en: "Count", zh: "盘点" },
      needs: "inventory:write",
      also: "adjust 调整",
    },
    {
      group: "stock",
      order: 40,
      path: "/stock/papers",
      icon: <FileDoneOutlined />,
      title: { en: "Stock papers", zh: "库存单据" },
      needs: "inventory:read",
      also: "receipts adjustments counts 入库单 盘点单",
    },
    {
      group: "stock",
      order: 50,
      path: "/stock/shortages",
      icon: <WarningOutlined />,
      title: { en: "Shortages", zh: "缺货异常" },
      needs: "inventory:read",
    },
  ],
}
