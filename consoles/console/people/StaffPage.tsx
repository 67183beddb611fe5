import { PlusOutlined } from "@ant-design/icons"
import { ListPage } from "@kit/list"
import { Status, useTitle } from "@kit/record"
import { useSession } from "@kit/session"
import { Go, useGo } from "@kit/shell/go"
import { useWords } from "@kit/words"
import { Button } from "antd"
import { useRoleNames } from "./asked"
import { Tabs } from "./Tabs"
import { words } from "./words"

export default function StaffPage() {
  const t = useWords(words)
  const go = useGo()
  const { me, may } = useSession()
  const role = useRoleNames()
  useTitle(t("staff"))
  const add = may("access:write") ? (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => go("/people/new")}>
      {t("newPerson")}
    </Button>
  ) : null
  return (
    <ListPage
      name="staff"
      title={t("staff")}
      path="/v1/staff"
      row={(person) => person.login}
      open={(person) => `/people/${encodeURIComponent(person.login)}`}
      above={<Tabs here="/people" />}
      action={add}
      columns={[
        {
          key: "name",
          title: t("name"),
          always: true,
          width: "minmax(180px, 1.2fr)",
          render: (person) => (
            <>
              <Go to={`/people/${encodeURIComponent(person.login)}`}>{person.name}</Go>
              {person.login === me.login ? <span className="muted"> · {t("you")}</span> : null}
            </>
          ),
        },
        { key: "login", title: t("login"), render: (person) => <span className="mono">{person.login}</span> },
        {
          key: "roles",
          title: t("roles"),
          width: "minmax(200px, 2fr)",
          render: (person) => person.roles.map(role).join(" · ") || <span className="muted">–</span>,
        },
        {
          key: "store",
          title: t("store"),
          render: (person) => person.store ?? <span className="muted">{t("headOffice")}</span>,
        },
        {
          key: "status",
          title: t("status"),
          width: "130px",
          render: (person) => (
            <Status tone={person.active ? "good" : "quiet"}>{person.active ? t("active") : t("left")}</Status>
          ),
        },
      ]}
      empty={{ title: t("none"), body: t("noneBody"), action: add }}
    />
  )
}
