import { AuditOutlined } from "@ant-design/icons"
import type { Area } from "@kit/shell/area"

export const area: Area = {
  pages: [
    { path: "/audit", load: () => import("./AuditPage"), needs: "access:read" },
    { path: "/audit/$event", load: () => import("./EventPage"), needs: "access:read" },
  ],
  menu: [
    {
      group: "platform",
      order: 50,
      path: "/audit",
      icon: <AuditOutlined />,
      title: { en: "Audit log", zh: "操作日志" },
      needs: "access:read",
      also: "history changes who 日志 变更",
    },
  ],
}
