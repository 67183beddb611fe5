import { AccountBookOutlined, BookOutlined, OrderedListOutlined } from "@ant-design/icons"
import type { Area } from "@kit/shell/area"

export const area: Area = {
  pages: [
    { path: "/ledger", load: () => import("./TrialBalancePage"), needs: "ledger:read" },
    { path: "/ledger/kinds/$kind", load: () => import("./KindPage"), needs: "ledger:read" },
    { path: "/ledger/accounts", load: () => import("./AccountsPage"), needs: "ledger:read" },
    { path: "/ledger/account", load: () => import("./AccountPage"), needs: "ledger:read" },
    { path: "/ledger/entries/$entry", load: () => import("./EntryPage"), needs: "ledger:read" },
    { path: "/ledger/orders/$order", load: () => import("./OrderLedgerPage"), needs: "ledger:read" },
    { path: "/ledger/rules", load: () => import("./RulesPage"), needs: "ledger:read" },
  ],
  menu: [
    {
      group: "money",
      order: 40,
      path: "/ledger",
      icon: <BookOutlined />,
      title: { en: "Ledger", zh: "总账" },
      needs: "ledger:read",
      also: "trial balance book 台账 试算平衡",
    },
    {
      group: "money",
      order: 41,
      path: "/ledger/accounts",
      icon: <AccountBookOutlined />,
      title: { en: "Accounts", zh: "科目账户" },
      needs: "ledger:read",
    },
    {
      group: "money",
      order: 42,
      path: "/ledger/rules",
      icon: <OrderedListOutlined />,
      title: { en: "Posting rules", zh: "记账规则" },
      needs: "ledger:read",
    },
  ],
}
