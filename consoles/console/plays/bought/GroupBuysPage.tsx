/** Group buys: what is cheaper together, for how many, and for how long. */

import { useWords } from "@kit/words"
import { When } from "../Editor"
import { PlayList } from "../PlayList"
import { words } from "./words"

export default function GroupBuysPage() {
  const t = useWords(words)
  return (
    <PlayList
      path="/v1/group-buys"
      title={t("groupBuys")}
      make={t("newGroupBuy")}
      what={(one) => one.group_buy}
      empty={{ title: t("noGroupBuys"), body: t("noGroupBuysBody") }}
      columns={[
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
          width: "minmax(280px, 1.4fr)",
          render: (one) => <When from={one.group_buy.open_from} to={one.group_buy.open_to} />,
        },
        {
          key: "orders",
          title: t("sold"),
          width: "110px",
          align: "end",
          render: (one) => t("orders", { count: one.orders }),
        },
      ]}
    />
  )
}
