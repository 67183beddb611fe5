import { CarOutlined, InboxOutlined } from "@ant-design/icons"
import type { Area } from "@kit/shell/area"

export const area: Area = {
  pages: [
    { path: "/fulfillment", load: () => import("./BoardPage"), needs: "fulfillment:read" },
    { path: "/fulfillment/$work", load: () => import("./WorkPage"), needs: "fulfillment:read" },
    { path: "/shipments", load: () => import("./ShipmentsPage"), needs: "fulfillment:read" },
    { path: "/shipments/$shipment", load: () => import("./ShipmentPage"), needs: "fulfillment:read" },
  ],
  menu: [
    {
      group: "sell",
      order: 20,
      path: "/fulfillment",
      icon: <InboxOutlined />,
      title: { en: "Fulfillment", zh: "履约" },
      needs: "fulfillment:read",
      also: "pick pack ship 拣货 出库 发货",
    },
    {
      group: "sell",
      order: 30,
      path: "/shipments",
      icon: <CarOutlined />,
      title: { en: "Shipments", zh: "包裹" },
      needs: "fulfillment:read",
      also: "parcels tracking 物流 运单",
    },
  ],
}
