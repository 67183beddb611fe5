import { PlusOutlined } from "@ant-design/icons"
import { ListPage } from "@kit/list"
import { Status, useTitle } from "@kit/record"
import { useSession } from "@kit/session"
import { Go, useGo } from "@kit/shell/go"
import { useWords } from "@kit/words"
import { Button } from "antd"
import { useChannels } from "./asked"
import { Tabs } from "./Tabs"
import { words } from "./words"

export default function StoresPage() {
  const t = useWords(words)
  const go = useGo()
  const { may } = useSession()
  const channels = useChannels()
  useTitle(t("stores"))
  const add = may("access:write") ? (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => go("/places/stores/new")}>
      {t("newStore")}
    </Button>
  ) : null
  return (
    <ListPage
      name="stores"
      title={t("stores")}
      path="/v1/stores"
      row={(one) => one.code}
      open={(one) => `/places/stores/${one.code}`}
      above={<Tabs here="/places/stores" />}
      action={add}
      filters={[{ key: "channel", title: t("channel"), kind: "choice", options: channels, pinned: true }]}
      columns={[
        {
          key: "name",
          title: t("name"),
          always: true,
          width: "minmax(180px, 1.5fr)",
          render: (one) => <Go to={`/places/stores/${one.code}`}>{one.name}</Go>,
        },
        { key: "code", title: t("code"), render: (one) => <span className="mono">{one.code}</span> },
        {
          key: "channel",
          title: t("channel"),
          render: (one) => <Go to={`/places/channels/${one.channel}`}>{one.channel}</Go>,
        },
        {
          key: "seller",
          title: t("seller"),
          render: (one) => <Go to={`/places/sellers/${one.seller}`}>{one.seller}</Go>,
        },
        {
          key: "status",
          title: t("status"),
          width: "110px",
          render: (one) => <Status tone={one.open ? "good" : "quiet"}>{t(one.open ? "open" : "closed")}</Status>,
        },
      ]}
      empty={{ title: t("noStores"), body: t("noStoresBody"), action: add }}
    />
  )
}
