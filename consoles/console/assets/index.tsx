import { CreditCardOutlined, StarOutlined } from "@ant-design/icons"
import type { Area } from "@kit/shell/area"

export const area: Area = {
  pages: [
    { path: "/asset", load: () => import("./OverviewPage"), needs: "asset:read" },
    { path: "/asset/lots", load: () => import("./LotsPage"), needs: "asset:read" },
    { path: "/asset/lots/$lot", load: () => import("./LotPage"), needs: "asset:read" },
    { path: "/asset/owed", load: () => import("./OwedPage"), needs: "asset:read" },
    { path: "/asset/programme", load: () => import("./ProgrammePage"), needs: "asset:read" },
    { path: "/asset/beans", load: () => import("./BeansPage"), needs: "asset:read" },
    { path: "/cards", load: () => import("./CardsPage"), needs: "asset:read" },
    { path: "/cards/$card", load: () => import("./CardPage"), needs: "asset:read" },
  ],
  menu: [
    {
      group: "people",
      order: 30,
      path: "/asset",
      icon: <StarOutlined />,
      title: { en: "Points & red packets", zh: "积分与红包" },
      needs: "asset:read",
      also: "assets points beans liability loyalty 京豆 京采豆 资产 负债 红包",
    },
    {
      group: "people",
      order: 31,
      path: "/cards",
      icon: <CreditCardOutlined />,
      title: { en: "Gift cards", zh: "礼品卡" },
      needs: "asset:read",
      also: "stored value balance 储值 卡",
    },
  ],
}
