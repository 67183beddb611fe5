import { HeartOutlined, SafetyCertificateOutlined, ScheduleOutlined } from "@ant-design/icons"
import type { Area } from "@kit/shell/area"

export const area: Area = {
  pages: [
    { path: "/health", load: () => import("./HealthPage"), needs: "jobs:read" },
    { path: "/health/jobs", load: () => import("./JobsPage"), needs: "jobs:read" },
    { path: "/health/verify", load: () => import("./VerifyPage"), needs: "verify:read" },
  ],
  menu: [
    {
      group: "platform",
      order: 70,
      path: "/health",
      icon: <HeartOutlined />,
      title: { en: "Health", zh: "运行状况" },
      needs: "jobs:read",
      also: "status outbox lag 状态",
    },
    {
      group: "platform",
      order: 71,
      path: "/health/jobs",
      icon: <ScheduleOutlined />,
      title: { en: "Background work", zh: "后台任务" },
      needs: "jobs:read",
      also: "jobs dead retry outbox 死信 重试",
    },
    {
      group: "platform",
      order: 72,
      path: "/health/verify",
      icon: <SafetyCertificateOutlined />,
      title: { en: "Verify", zh: "核对账实" },
      needs: "verify:read",
      also: "invariants 不变式",
    },
  ],
}
