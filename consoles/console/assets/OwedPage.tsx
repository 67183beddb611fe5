/** Members who owe points: what they had earned came back after they had spent it. */

import { countText } from "@kit/format"
import { ListPage } from "@kit/list"
import { useWords } from "@kit/words"
import { Tabs } from "./Tabs"
import { words } from "./words"

export default function OwedPage() {
  const t = useWords(words)
  return (
    <>
      <Tabs here="/asset/owed" />
      <ListPage
        name="owed"
        title={t("owedTab")}
        path="/v1/assets/owed"
        row={(one) => one.member}
        open={(one) => `/members/${one.member}`}
        columns={[
          {
            key: "member",
            title: t("member"),
            always: true,
            width: "minmax(200px, 1fr)",
            render: (one) => one.name || <span className="mono">{one.member}</span>,
          },
          {
            key: "points",
            title: t("points"),
            width: "160px",
            align: "end",
            render: (one) => <span className="num">{countText(one.points)}</span>,
          },
        ]}
        empty={{ title: t("noOwed"), body: t("noOwedBody") }}
      />
    </>
  )
}
