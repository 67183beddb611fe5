import { useWords } from "@kit/words"
import { When } from "./Editor"
import { words } from "./gate.words"
import { PlayList } from "./PlayList"
import { asksSaid, goodsSaid } from "./said"

export default function RestrictionsPage() {
  const t = useWords(words)
  return (
    <PlayList
      path="/v1/restrictions"
      title={t("restrictions")}
      make={t("newRestriction")}
      what={(one) => one.restriction}
      empty={{ title: t("noRestriction"), body: t("noRestrictionBody") }}
      columns={[
        { key: "asks", title: t("asks"), width: "minmax(240px, 1.6fr)", render: (one) => asksSaid(one.restriction, t) },
        {
          key: "goods",
          title: t("goods"),
          width: "minmax(160px, 1fr)",
          render: (one) => goodsSaid(one.restriction.goods, t),
        },
        {
          key: "window",
          title: t("window"),
          width: "minmax(260px, 1fr)",
          render: (one) => <When from={one.restriction.valid_from} to={one.restriction.valid_to} />,
        },
      ]}
    />
  )
}
