import { AuditOutlined, DollarOutlined, QuestionCircleOutlined } from "@ant-design/icons"
import type { Area } from "@kit/shell/area"

export const area: Area = {
  pages: [
    { path: "/prices", load: () => import("./ListsPage"), needs: "pricing:read" },
    { path: "/prices/why", load: () => import("./WhyPage"), needs: "pricing:read" },
    { path: "/prices/proposals", load: () => import("./ProposalsPage"), needs: "pricing:read" },
    { path: "/prices/proposals/$proposal", load: () => import("./ProposalPage"), needs: "pricing:read" },
    { path: "/prices/negotiations", load: () => import("./NegotiationsPage"), needs: "pricing:read" },
    { path: "/prices/negotiations/$negotiation", load: () => import("./NegotiationPage"), needs: "pricing:read" },
    { path: "/prices/$list", load: () => import("./ListPage"), needs: "pricing:read" },
  ],
  menu: [
    {
      group: "goods",
      order: 30,
      path: "/prices",
      icon: <DollarOutlined />,
      title: { en: "Prices", zh: "价格" },
      needs: "pricing:read",
      also: "price list contract negotiation 价目表 合同价 议价",
    },
    {
      group: "goods",
      order: 32,
      path: "/prices/proposals",
      icon: <AuditOutlined />,
      title: { en: "Price approvals", zh: "调价审批" },
      needs: "pricing:read",
      also: "proposals approval inbox 提案 审批",
    },
    {
      group: "goods",
      order: 35,
      path: "/prices/why",
      icon: <QuestionCircleOutlined />,
      title: { en: "Why this price?", zh: "价格溯源" },
      needs: "pricing:read",
      also: "explain 为什么",
    },
  ],
}
