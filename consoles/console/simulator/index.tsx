import { ExperimentOutlined } from "@ant-design/icons"
import type { Area } from "@kit/shell/area"

export const area: Area = {
  pages: [
    { path: "/simulator", load: () => import("./RunsPage"), needs: "simulation:read" },
    { path: "/simulator/new", load: () => import("./NewPage"), needs: "simulation:run" },
    { path: "/simulator/$simulation", load: () => import("./RunPage"), needs: "simulation:read" },
  ],
  menu: [
    {
      group: "goods",
      order: 48,
      path: "/simulator",
      icon: <ExperimentOutlined />,
      title: { en: "Simulator", zh: "推演" },
      needs: "simulation:read",
      also: "what if replay draft 试算 假设 回放",
    },
  ],
}
