import { ShopOutlined } from "@ant-design/icons"
import type { Area } from "@kit/shell/area"

export const area: Area = {
  pages: [
    { path: "/places", load: () => import("./ChannelsPage"), needs: "access:read" },
    { path: "/places/channels", load: () => import("./ChannelsPage"), needs: "access:read" },
    { path: "/places/channels/$code", load: () => import("./ChannelPage"), needs: "access:read" },
    { path: "/places/stores", load: () => import("./StoresPage"), needs: "access:read" },
    { path: "/places/stores/$code", load: () => import("./StorePage"), needs: "access:read" },
    { path: "/places/locations", load: () => import("./LocationsPage"), needs: "inventory:read" },
    { path: "/places/locations/$code", load: () => import("./LocationPage"), needs: "inventory:read" },
    { path: "/places/sellers", load: () => import("./SellersPage"), needs: "access:read" },
    { path: "/places/sellers/$code", load: () => import("./SellerPage"), needs: "access:read" },
  ],
  menu: [
    {
      group: "platform",
      order: 20,
      path: "/places",
      icon: <ShopOutlined />,
      title: { en: "Channels and stores", zh: "渠道与门店" },
      needs: "access:read",
      also: "places sellers locations devices tax storefront 销售主体 库存地点 设备 税率 店面",
    },
  ],
}
