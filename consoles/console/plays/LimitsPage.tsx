import { PlusOutlined } from "@ant-design/icons"
import { ListPage } from "@kit/list"
import { useSession } from "@kit/session"
import { useGo } from "@kit/shell/go"
import { useLocale, useWords } from "@kit/words"
import { Button } from "antd"
import { StateOf, When } from "./Editor"
import { words } from "./gate.words"
import { goodsSaid, limitSaid } from "./said"
import { Tabs } from "./Tabs"

export default function LimitsPage() {
  const t = useWords(words)
  const locale = useLocale()
  const go = useGo()
  const { may } = useSession()
  const add = may("promotion:write") ? (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => go("/plays/limits/new")}>
      {t("newLimit")}
    </Button>
  ) : null
  return (
    <ListPage
      name="limits"
      title={t("limits")}
      path="/v1/limits"
      row={(one) => one.code}
      open={(one) => `/plays/limits/${one.code}`}
      above={<Tabs here="limits" />}
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
              <strong className="cut">{(locale === "zh" && one.limit.name_zh) || one.limit.name}</strong>
              <small className="mono cut">{`${one.code}@${one.version}`}</small>
            </span>
          ),
        },
        { key: "state", title: t("standing"), width: "170px", render: (one) => <StateOf of={one as never} /> },
        {
          key: "says",
          title: t("units"),
          width: "minmax(260px, 1.6fr)",
          render: (one) => limitSaid(one.limit, t),
        },
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
      empty={{ title: t("noLimit"), body: t("noLimitBody"), action: add }}
    />
  )
}
