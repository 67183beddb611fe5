import { PlusOutlined } from "@ant-design/icons"
import { ListPage } from "@kit/list"
import { useTitle } from "@kit/record"
import { useSession } from "@kit/session"
import { Go, useGo } from "@kit/shell/go"
import { useWords } from "@kit/words"
import { Button } from "antd"
import { useGrants } from "./asked"
import { words as grantWords, opened } from "./grants"
import { Tabs } from "./Tabs"
import { words } from "./words"

export default function RolesPage() {
  const t = useWords(words)
  const say = useWords(grantWords)
  const go = useGo()
  const { may } = useSession()
  const known = useGrants().data?.map((one) => one.grant) ?? []
  useTitle(t("roles"))
  const rooms = (grants: string[]) => [...new Set(grants.map((grant) => grant.split(":")[0] ?? ""))]
  return (
    <ListPage
      name="roles"
      title={t("roles")}
      path="/v1/roles"
      row={(role) => role.code}
      open={(role) => `/roles/${role.code}`}
      above={<Tabs here="/roles" />}
      action={
        may("access:write") ? (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => go("/roles/new")}>
            {t("newRole")}
          </Button>
        ) : null
      }
      columns={[
        {
          key: "name",
          title: t("role"),
          always: true,
          width: "minmax(180px, 1fr)",
          render: (role) => <Go to={`/roles/${role.code}`}>{role.name}</Go>,
        },
        { key: "code", title: t("code"), width: "160px", render: (role) => <span className="mono">{role.code}</span> },
        {
          key: "count",
          title: t("rights"),
          width: "120px",
          render: (role) =>
            role.grants.includes("*") ? t("everything") : t("rightsCount", { count: opened(role.grants, known).size }),
        },
        {
          key: "rooms",
          title: "",
          width: "minmax(260px, 3fr)",
          render: (role) => (
            <span className="muted">
              {role.grants.includes("*")
                ? t("everythingHelp")
                : rooms(role.grants)
                    .map((room) => say.maybe(`rooms.${room}`))
                    .join(" · ")}
            </span>
          ),
        },
      ]}
      empty={{ title: t("noRoles"), body: t("noRolesBody") }}
    />
  )
}
