/** Group buys: what is cheaper together, for how many, and for how long. */

import { ListPage } from "@kit/list"
import { useTitle } from "@kit/record"
import { useWords } from "@kit/words"
import { Tabs } from "../Tabs"
import { Named, New, useStates, Window } from "./lists"
import { StandingOf } from "./Standing"
import "./bought.css"
import { words } from "./words"

export default function GroupBuysPage() {
  const t = useWords(words)
  const states = useStates()
  useTitle(t("groupBuys"))
  return (
    <ListPage
      name="group-buys"
      tall
      title={t("groupBuys")}
      path="/v1/group-buys"
      above={<Tabs here="group-buys" />}
      row={(one) => one.code}
      open={(one) => `/plays/group-buys/${encodeURIComponent(one.code)}`}
      columns={[
        {
          key: "name",
          title: t("name"),
          always: true,
          width: "minmax(220px, 2fr)",
          render: (one) => <Named name={one.group_buy.name} nameZh={one.group_buy.name_zh} code={one.code} />,
        },
        { key: "state", title: t("state"), width: "minmax(140px, 1fr)", render: (one) => <StandingOf play={one} /> },
        {
          key: "thresholds",
          title: t("thresholds"),
          width: "160px",
          render: (one) => (
            <span>
              {one.group_buy.thresholds.join(" / ")} <span className="muted">{t(one.group_buy.by)}</span>
            </span>
          ),
        },
        {
          key: "window",
          title: t("window"),
          width: "minmax(220px, 1.4fr)",
          render: (one) => <Window from={one.group_buy.open_from} to={one.group_buy.open_to} />,
        },
        {
          key: "orders",
          title: t("sold"),
          width: "110px",
          align: "end",
          render: (one) => t("orders", { count: one.orders }),
        },
      ]}
      filters={[{ key: "status", title: t("state"), kind: "choice", pinned: true, options: states }]}
      action={<New to="/plays/group-buys/new" title={t("newGroupBuy")} />}
      empty={{ title: t("noGroupBuys"), body: t("noGroupBuysBody") }}
    />
  )
}
