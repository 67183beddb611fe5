import { TeamOutlined } from "@ant-design/icons"
import type { Area } from "@kit/shell/area"

export const area: Area = {
  pages: [
    { path: "/members", load: () => import("./MembersPage"), needs: "member:read" },
    { path: "/members/companies", load: () => import("./CompaniesPage"), needs: "member:read" },
    { path: "/members/companies/$company", load: () => import("./CompanyPage"), needs: "member:read" },
    { path: "/members/groups", load: () => import("./GroupsPage"), needs: "member:read" },
    { path: "/members/groups/$group", load: () => import("./GroupPage"), needs: "member:read" },
    { path: "/members/$member", load: () => import("./MemberPage"), needs: "member:read" },
  ],
  menu: [
    {
      group: "people",
      order: 10,
      path: "/members",
      icon: <TeamOutlined />,
      title: { en: "Members", zh: "会员" },
      needs: "member:read",
      also: "customers companies groups 顾客 客户 企业 分组",
    },
  ],
}
