import { useWords } from "@kit/words"
import { When } from "./Editor"
import { words } from "./gate.words"
import { PlayList } from "./PlayList"
import { goodsSaid, limitSaid } from "./said"

export default function LimitsPage() {
  const t = useWords(words)
  return (
    <PlayList
      path="/v1/limits"
      title={t("limits")}
      make={t("newLimit")}
      what={(one) => one.limit}
      empty={{ title: t("noLimit"), body: t("noLimitBody") }}
      columns={[
        { key: "says", title: t("units"), width: "minmax(260px, 1.6fr)", render: (one) => limitSaid(one.limit, t) },
        {
          key: "goods",
          title: t("goods"),
          width: "minmax(160px, 1fr)",
          render: (one) => goodsSaid(one.limit.goods, t),
        },
        {
          key: "window",
          title: t("window"),
          width: "minmax(260px, 1fr)",
          render: (one) => <When from={one.limit.valid_from} to={one.limit.valid_to} />,
        },
      ]}
    />
  )
}
