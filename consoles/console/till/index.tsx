import { AuditOutlined, CalculatorOutlined } from "@ant-design/icons"
import type { Area } from "@kit/shell/area"

export const area: Area = {
  pages: [
    { path: "/shifts", load: () => import("./ShiftsPage"), needs: "till:read" },
    { path: "/till-exceptions", load: () => import("./ExceptionsPage"), needs: "till:read" },
  ],
  menu: [
    {
      group: "sell",
      order: 50,
      path: "/shifts",
      icon: <CalculatorOutlined />,
      title: { en: "Shifts", zh: "班次" },
      needs: "till:read",
    },
    {
      group: "sell",
      order: 51,
      path: "/till-exceptions",
      icon: <AuditOutlined />,
      title: { en: "Receipt exceptions", zh: "收据异常" },
      needs: "till:read",
    },
  ],
}
