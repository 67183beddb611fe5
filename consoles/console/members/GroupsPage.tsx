/** Customer groups: who is in them, and what is made for them. */

import { PlusOutlined } from "@ant-design/icons"
import { send } from "@kit/api/act"
import { fetcher } from "@kit/api/client"
import { ListPage } from "@kit/list"
import { useTitle } from "@kit/record"
import { useSession } from "@kit/session"
import { Go } from "@kit/shell/go"
import { useWords } from "@kit/words"
import { Button } from "antd"
import { useState } from "react"
import { business } from "./business"
import { NewDialog } from "./NewDialog"
import { Tabs } from "./Tabs"

export default function GroupsPage() {
  const t = useWords(business)
  const { may } = useSession()
  const [adding, add] = useState(false)
  useTitle(t("groups"))
  const act = may("member:write") ? (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => add(true)}>
      {t("newGroup")}
    </Button>
  ) : null
  return (
    <>
      <ListPage
        name="member-groups"
        title={t("groups")}
        path="/v1/member-groups"
        row={(one) => one.code}
        open={(one) => `/members/groups/${encodeURIComponent(one.code)}`}
        above={<Tabs here="/members/groups" />}
        action={act}
        columns={[
          {
            key: "name",
            title: t("name"),
            always: true,
            width: "minmax(180px, 2fr)",
            render: (one) => (
              <Go to={`/members/groups/${encodeURIComponent(one.code)}`}>
                <strong className="cut">{one.name}</strong>
              </Go>
            ),
          },
          { key: "code", title: t("code"), width: "160px", render: (one) => <span className="mono">{one.code}</span> },
          {
            key: "who",
            title: t("who"),
            width: "minmax(180px, 1fr)",
            render: (one) => t("count", { members: one.members, companies: one.companies }),
          },
          {
            key: "prices",
            title: t("prices"),
            width: "140px",
            render: (one) => <Go to={`/prices?group=${encodeURIComponent(one.code)}`}>{t("priceLists")}</Go>,
          },
        ]}
        empty={{ title: t("noGroups"), body: t("noGroupsBody"), action: act }}
      />
      {adding ? (
        <NewDialog
          title={t("newGroup")}
          put={({ code, name }) =>
            send(fetcher.PUT("/v1/member-groups/{code}", { params: { path: { code } }, body: { name } }))
          }
          refresh="/v1/member-groups"
          to="/members/groups"
          close={() => add(false)}
        />
      ) : null}
    </>
  )
}
