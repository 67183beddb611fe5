import { PlusOutlined } from "@ant-design/icons"
import { ListPage } from "@kit/list"
import { useSession } from "@kit/session"
import { useGo } from "@kit/shell/go"
import { useLocale, useWords } from "@kit/words"
import { Button } from "antd"
import { Bar, sum } from "./Bar"
import { StateOf, When } from "./Editor"
import { words } from "./gate.words"
import { Tabs } from "./Tabs"

export default function FlashSalesPage() {
  const t = useWords(words)
  const locale = useLocale()
  const go = useGo()
  const { may } = useSession()
  const add = may("promotion:write") ? (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => go("/plays/flash-sales/new")}>
      {t("newFlash")}
    </Button>
  ) : null
  return (
    <ListPage
      name="flash-sales"
      title={t("flashSales")}
      path="/v1/flash-sales"
      row={(one) => one.code}
      open={(one) => `/plays/flash-sales/${one.code}`}
      above={<Tabs here="flash-sales" />}
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
              <strong className="cut">{(locale === "zh" && one.flash_sale.name_zh) || one.flash_sale.name}</strong>
              <small className="mono cut">{`${one.code}@${one.version}`}</small>
            </span>
          ),
        },
        { key: "state", title: t("standing"), width: "170px", render: (one) => <StateOf of={one as never} /> },
        {
          key: "window",
          title: t("window"),
          width: "minmax(280px, 1.4fr)",
          render: (one) => <When from={one.flash_sale.begins_at} to={one.flash_sale.ends_at} />,
        },
        {
          key: "progress",
          title: t("progress"),
          width: "minmax(180px, 1fr)",
          render: (one) => (
            <Bar taken={sum(one.items, "sold") + sum(one.items, "held")} all={sum(one.items, "allotment")} />
          ),
        },
      ]}
      empty={{ title: t("noFlash"), body: t("noFlashBody"), action: add }}
    />
  )
}
