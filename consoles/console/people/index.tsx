import { IdcardOutlined } from "@ant-design/icons"
import type { Area } from "@kit/shell/area"

export const area: Area = {
  pages: [
    { path: "/people", load: () => import("./StaffPage"), needs: "access:read" },
    { path: "/people/new", load: () => import("./NewPersonPage"), needs: "access:write" },
    { path: "/people/$login", load: () => import("./PersonPage"), needs: "access:read" },
    { path: "/roles", load: () => import("./RolesPage"), needs: "access:read" },
    { path: "/roles/$role", load: () => import("./RolePage"), needs: "access:read" },
    { path: "/sessions", load: () => import("./SessionsPage"), needs: "access:read" },
  ],
  menu: [
    {
      group: "platform",
      order: 10,
      path: "/people",
      icon: <IdcardOutlined />,
      title: { en: "Staff", zh: "员工与权限" },
      needs: "access:read",
      also: "people roles sessions rights password 角色 会话 密码 人员",
    },
  ],
}
