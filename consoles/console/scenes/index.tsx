import { PartitionOutlined } from "@ant-design/icons"
import type { Area } from "@kit/shell/area"

export const area: Area = {
  pages: [
    { path: "/scenes", load: () => import("./ScenesPage"), needs: "access:read" },
    { path: "/scenes/$code", load: () => import("./ScenePage"), needs: "access:read" },
    { path: "/scenes/$code/diff/$other", load: () => import("./DiffPage"), needs: "access:read" },
  ],
  menu: [
    {
      group: "platform",
      order: 30,
      path: "/scenes",
      icon: <PartitionOutlined />,
      title: { en: "Scenes", zh: "场景" },
      needs: "access:read",
      also: "pipeline steps plan points 流程 步骤 扩展点",
    },
  ],
}
