import { ExperimentOutlined, ShoppingCartOutlined } from "@ant-design/icons"
import type { Area } from "@kit/shell/area"

export const area: Area = {
  pages: [
    { path: "/simulator", load: () => import("./RunsPage"), needs: "simulation:read" },
    { path: "/simulator/new", load: () => import("./NewPage"), needs: "simulation:run" },
    { path: "/simulator/try", load: () => import("./TryPage"), needs: "promotion:read" },
    { path: "/simulator/compare", load: () => import("./ComparePage"), needs: "simulation:read" },
    { path: "/simulator/$simulation/orders/$order", load: () => import("./OrderPage"), needs: "simulation:read" },
    { path: "/simulator/$simulation", load: () => import("./RunPage"), needs: "simulation:read" },
  ],
  menu: [
    {
      group: "marketing",
      order: 50,
      path: "/simulator",
      icon: <ExperimentOutlined />,
      title: { en: "Simulator", zh: "推演" },
      needs: "simulation:read",
      also: "what if replay draft 假设 回放",
    },
    {
      group: "marketing",
      order: 40,
      path: "/simulator/try",
      icon: <ShoppingCartOutlined />,
      title: { en: "Try a basket", zh: "试算一单" },
      needs: "promotion:read",
      also: "why not explain promotion 促销 为什么",
    },
  ],
}
