/** Companies that buy: who buys for them, the groups they are in, the contracts they have. */

import { PlusOutlined } from "@ant-design/icons"
import { send } from "@kit/api/act"
import { fetcher } from "@kit/api/client"
import { ListPage } from "@kit/list"
import { Status, useTitle } from "@kit/record"
import { useSession } from "@kit/session"
import { Go } from "@kit/shell/go"
import { useWords } from "@kit/words"
import { Button } from "antd"
import { useState } from "react"
import { choices, type Named, useAll } from "../products/catalog"
import { business } from "./business"
import { NewDialog } from "./NewDialog"
import { Tabs } from "./Tabs"

export default function CompaniesPage() {
  const t = useWords(business)
  const { may } = useSession()
  const [adding, add] = useState(false)
  const groups = useAll<Named>("/v1/member-groups")
  useTitle(t("companies"))
  const act = may("member:write") ? (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => add(true)}>
      {t("newCompany")}
    </Button>
  ) : null
  return (
    <>
      <ListPage
        name="companies"
        title={t("companies")}
        path="/v1/companies"
        row={(one) => one.code}
        open={(one) => `/members/companies/${encodeURIComponent(one.code)}`}
        above={<Tabs here="/members/companies" />}
        action={act}
        search={{ key: "q", hint: t("find") }}
        filters={[{ key: "group", title: t("group"), kind: "choice", options: choices(groups) }]}
        columns={[
          {
            key: "name",
            title: t("name"),
            always: true,
            width: "minmax(180px, 2fr)",
            render: (one) => (
              <Go to={`/members/companies/${encodeURIComponent(one.code)}`}>
                <strong className="cut">{one.name}</strong>
              </Go>
            ),
          },
          { key: "code", title: t("code"), width: "150px", render: (one) => <span className="mono">{one.code}</span> },
          { key: "region", title: t("region"), width: "120px", render: (one) => one.region },
          {
            key: "groups",
            title: t("inGroups"),
            width: "minmax(140px, 1fr)",
            render: (one) => <span className="cut">{one.groups.join(", ")}</span>,
          },
          {
            key: "buyers",
            title: t("buyers"),
            width: "120px",
            render: (one) => t("buyersOf", { count: one.buyers.length }),
          },
          {
            key: "contracts",
            title: t("contracts"),
            width: "120px",
            render: (one) => (
              <Go to={`/prices?company=${encodeURIComponent(one.code)}`}>
                {t("contractsOf", { count: one.contracts })}
              </Go>
            ),
          },
          {
            key: "status",
            title: t("status"),
            width: "110px",
            render: (one) => <Status tone={one.active ? "good" : "bad"}>{t(one.active ? "active" : "blocked")}</Status>,
          },
        ]}
        empty={{ title: t("noCompanies"), body: t("noCompaniesBody"), action: act }}
      />
      {adding ? (
        <NewDialog
          title={t("newCompany")}
          put={({ code, name }) =>
            send(fetcher.PUT("/v1/companies/{code}", { params: { path: { code } }, body: { name } as never }))
          }
          refresh="/v1/companies"
          to="/members/companies"
          close={() => add(false)}
        />
      ) : null}
    </>
  )
}
