import { BellOutlined, CreditCardOutlined, UndoOutlined } from "@ant-design/icons"
import type { Area } from "@kit/shell/area"

export const area: Area = {
  pages: [
    { path: "/payments", load: () => import("./PaymentsPage"), needs: "payment:read" },
    { path: "/payments/$payment", load: () => import("./PaymentPage"), needs: "payment:read" },
    { path: "/refunds", load: () => import("./RefundsPage"), needs: "payment:read" },
    { path: "/refunds/$refund", load: () => import("./RefundPage"), needs: "payment:read" },
    { path: "/payment-notices", load: () => import("./NoticesPage"), needs: "payment:read" },
  ],
  menu: [
    {
      group: "money",
      order: 10,
      path: "/payments",
      icon: <CreditCardOutlined />,
      title: { en: "Payments", zh: "付款" },
      needs: "payment:read",
      also: "tenders 收款 支付",
    },
    {
      group: "money",
      order: 20,
      path: "/refunds",
      icon: <UndoOutlined />,
      title: { en: "Refunds", zh: "退款" },
      needs: "payment:read",
      also: "money back 退钱",
    },
    {
      group: "money",
      order: 30,
      path: "/payment-notices",
      icon: <BellOutlined />,
      title: { en: "Channel notices", zh: "渠道通知" },
      needs: "payment:read",
      also: "callbacks webhooks 回调",
    },
  ],
}
