import { ApiOutlined } from "@ant-design/icons"
import type { Area } from "@kit/shell/area"

export const area: Area = {
  pages: [
    { path: "/apps", load: () => import("./KeysPage"), needs: "access:read" },
    { path: "/apps/new", load: () => import("./NewKeyPage"), needs: "access:write" },
    { path: "/apps/$key", load: () => import("./KeyPage"), needs: "access:read" },
  ],
  menu: [
    {
      group: "platform",
      order: 40,
      path: "/apps",
      icon: <ApiOutlined />,
      title: { en: "API keys", zh: "API 密钥" },
      needs: "access:read",
      also: "apps integrations tokens 应用 集成 令牌",
    },
  ],
}
