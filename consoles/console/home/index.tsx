import { HomeOutlined } from "@ant-design/icons"
import type { Area } from "@kit/shell/area"

export const area: Area = {
  pages: [{ path: "/", load: () => import("./HomePage") }],
  menu: [
    {
      group: "home",
      order: 0,
      path: "/",
      icon: <HomeOutlined />,
      title: { en: "Home", zh: "首页" },
      also: "to do sales figures dashboard 待办 销售 看板",
    },
  ],
}
