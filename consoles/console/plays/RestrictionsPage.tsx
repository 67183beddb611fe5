import { PlusOutlined } from "@ant-design/icons"
import { ListPage } from "@kit/list"
import { useSession } from "@kit/session"
import { useGo } from "@kit/shell/go"
import { useLocale, useWords } from "@kit/words"
import { Button } from "antd"
import { StateOf, When } from "./Editor"
import { words } from "./gate.words"
import { asksSaid, goodsSaid } from "./said"
import { Tabs } from "./Tabs"

export default function RestrictionsPage() {
  const t = useWords(words)
  const locale = useLocale()
  const go = useGo()
  const { may } = useSession()
  const add = may("promotion:write") ? (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => go("/plays/restrictions/new")}>
      {t("newRestriction")}
    </Button>
  ) : null
  return (
    <ListPage
      name="restrictions"
      title={t("restrictions")}
      path="/v1/restrictions"
      row={(one) => one.code}
      open={(one) => `/plays/restrictions/${one.code}`}
      above={<Tabs here="restrictions" />}
      action={add}
      tall
      filters={[
        {
          key: "status",
          title: t("standing"),
          kind: "choice",
          pinned: true,
          options: (["draft", "published", "ended"] as const).map((value) => ({ value, label: t(`state.${value}`) })),
        },
      ]}
      columns={[
        {
          key: "name",
          title: t("name"),
          always: true,
          width: "minmax(200px, 1.4fr)",
          render: (one) => (
            <span className="play-name">
              <strong className="cut">{(locale === "zh" && one.restriction.name_zh) || one.restriction.name}</strong>
              <small className="mono cut">{`${one.code}@${one.version}`}</small>
            </span>
          ),
        },
        { key: "state", title: t("standing"), width: "170px", render: (one) => <StateOf of={one as never} /> },
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
      empty={{ title: t("noRestriction"), body: t("noRestrictionBody"), action: add }}
    />
  )
}
