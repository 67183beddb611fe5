import { ThunderboltOutlined } from "@ant-design/icons"
import type { Area } from "@kit/shell/area"
import { kinds } from "./kinds"

export const area: Area = {
  pages: [
    { path: "/plays", load: () => import("./CalendarPage"), needs: "promotion:read" },
    ...kinds.flatMap((kind) => [{ path: `/plays/${kind.key}`, load: kind.list, needs: kind.needs }, ...kind.pages]),
  ],
  menu: [
    {
      group: "marketing",
      order: 30,
      path: "/plays",
      icon: <ThunderboltOutlined />,
      title: { en: "Plays", zh: "玩法" },
      needs: "promotion:read",
      also: "flash sale purchase limit restriction reservation presale group buy calendar 秒杀 限购 限售 预约 预售 拼团 活动日历",
    },
  ],
}
