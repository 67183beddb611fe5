import { PlusOutlined } from "@ant-design/icons"
import { ListPage } from "@kit/list"
import { useTitle } from "@kit/record"
import { useSession } from "@kit/session"
import { Go, useGo } from "@kit/shell/go"
import { useWords } from "@kit/words"
import { Button } from "antd"
import { Tabs } from "./Tabs"
import { words } from "./words"

export default function LocationsPage() {
  const t = useWords(words)
  const go = useGo()
  const { may } = useSession()
  useTitle(t("locations"))
  const add = may("inventory:write") ? (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => go("/places/locations/new")}>
      {t("newLocation")}
    </Button>
  ) : null
  return (
    <ListPage
      name="locations"
      title={t("locations")}
      path="/v1/locations"
      row={(one) => one.code}
      open={(one) => `/places/locations/${one.code}`}
      above={<Tabs here="/places/locations" />}
      action={add}
      columns={[
        {
          key: "name",
          title: t("name"),
          always: true,
          width: "minmax(180px, 1.5fr)",
          render: (one) => <Go to={`/places/locations/${one.code}`}>{one.name}</Go>,
        },
        { key: "code", title: t("code"), render: (one) => <span className="mono">{one.code}</span> },
        { key: "kind", title: t("kind"), render: (one) => t(`kinds.${one.kind}`) },
        { key: "mode", title: t("mode"), width: "minmax(160px, 1fr)", render: (one) => t(`modes.${one.mode}`) },
        {
          key: "store",
          title: t("store"),
          render: (one) => (one.store ? <Go to={`/places/stores/${one.store}`}>{one.store}</Go> : null),
        },
      ]}
      empty={{ title: t("noLocations"), body: t("noLocationsBody"), action: add }}
    />
  )
}
