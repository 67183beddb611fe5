import { PlusOutlined } from "@ant-design/icons"
import { ListPage } from "@kit/list"
import { useTitle } from "@kit/record"
import { useSession } from "@kit/session"
import { Go, useGo } from "@kit/shell/go"
import { useWords } from "@kit/words"
import { Button } from "antd"
import { Tabs } from "./Tabs"
import { words } from "./words"

export default function SellersPage() {
  const t = useWords(words)
  const go = useGo()
  const { may } = useSession()
  useTitle(t("sellers"))
  const add = may("access:write") ? (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => go("/places/sellers/new")}>
      {t("newSeller")}
    </Button>
  ) : null
  return (
    <ListPage
      name="sellers"
      title={t("sellers")}
      path="/v1/sellers"
      row={(one) => one.code}
      open={(one) => `/places/sellers/${one.code}`}
      above={<Tabs here="/places/sellers" />}
      action={add}
      columns={[
        {
          key: "name",
          title: t("name"),
          always: true,
          width: "minmax(200px, 2fr)",
          render: (one) => <Go to={`/places/sellers/${one.code}`}>{one.name}</Go>,
        },
        { key: "code", title: t("code"), render: (one) => <span className="mono">{one.code}</span> },
        { key: "tax", title: t("tax"), render: (one) => t(one.tax_inclusive ? "inclusive" : "exclusive") },
      ]}
      empty={{ title: t("noSellers"), body: t("noSellersBody"), action: add }}
    />
  )
}
