import { UploadOutlined } from "@ant-design/icons"
import type { Area } from "@kit/shell/area"

export const area: Area = {
  pages: [
    { path: "/imports", load: () => import("./ImportsPage") },
    { path: "/imports/$import", load: () => import("./ImportPage") },
  ],
  menu: [
    {
      group: "goods",
      order: 60,
      path: "/imports",
      icon: <UploadOutlined />,
      title: { en: "Imports", zh: "批量导入" },
      needs: "catalog:write",
      also: "upload excel csv xlsx 上传 表格",
    },
  ],
}
