/** Presales: what is sold in advance, when, and how much of it. */

import { ListPage } from "@kit/list"
import { useTitle } from "@kit/record"
import { useWords } from "@kit/words"
import { Tabs } from "../Tabs"
import { Named, New, useStates, Window } from "./lists"
import { StandingOf } from "./Standing"
import "./bought.css"
import { words } from "./words"

export default function PresalesPage() {
  const t = useWords(words)
  const states = useStates()
  useTitle(t("presales"))
  return (
    <ListPage
      name="presales"
      tall
      title={t("presales")}
      path="/v1/presales"
      above={<Tabs here="presales" />}
      row={(one) => one.code}
      open={(one) => `/plays/presales/${encodeURIComponent(one.code)}`}
      columns={[
        {
          key: "name",
          title: t("name"),
          always: true,
          width: "minmax(220px, 2fr)",
          render: (one) => <Named name={one.presale.name} nameZh={one.presale.name_zh} code={one.code} />,
        },
        { key: "state", title: t("state"), width: "minmax(140px, 1fr)", render: (one) => <StandingOf play={one} /> },
        {
          key: "deposit",
          title: t("deposit"),
          width: "130px",
          render: (one) => t(one.presale.deposit),
        },
        {
          key: "window",
          title: t("depositWindow"),
          width: "minmax(220px, 1.4fr)",
          render: (one) => <Window from={one.presale.deposit_from} to={one.presale.deposit_to} />,
        },
        {
          key: "sold",
          title: t("sold"),
          width: "120px",
          align: "end",
          render: (one) => (
            <span>
              {one.sold.reduce((sum, item) => sum + item.taken, 0)} /{" "}
              {one.sold.reduce((sum, item) => sum + item.quota, 0)}
            </span>
          ),
        },
      ]}
      filters={[{ key: "status", title: t("state"), kind: "choice", pinned: true, options: states }]}
      action={<New to="/plays/presales/new" title={t("newPresale")} />}
      empty={{ title: t("noPresales"), body: t("noPresalesBody") }}
    />
  )
}
