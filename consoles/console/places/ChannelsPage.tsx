import { PlusOutlined } from "@ant-design/icons"
import { ListPage } from "@kit/list"
import { Status, useTitle } from "@kit/record"
import { useSession } from "@kit/session"
import { Go, useGo } from "@kit/shell/go"
import { useWords } from "@kit/words"
import { Button } from "antd"
import { useScenes } from "./asked"
import { Tabs } from "./Tabs"
import { words } from "./words"

export default function ChannelsPage() {
  const t = useWords(words)
  const go = useGo()
  const { may } = useSession()
  const scenes = useScenes()
  useTitle(t("channels"))
  const add = may("access:write") ? (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => go("/places/channels/new")}>
      {t("newChannel")}
    </Button>
  ) : null
  return (
    <ListPage
      name="channels"
      title={t("channels")}
      path="/v1/channels"
      row={(one) => one.code}
      open={(one) => `/places/channels/${one.code}`}
      above={<Tabs here="/places/channels" />}
      action={add}
      columns={[
        {
          key: "name",
          title: t("name"),
          always: true,
          width: "minmax(180px, 1.5fr)",
          render: (one) => <Go to={`/places/channels/${one.code}`}>{one.name}</Go>,
        },
        { key: "code", title: t("code"), render: (one) => <span className="mono">{one.code}</span> },
        {
          key: "scene",
          title: t("scene"),
          width: "minmax(160px, 1.2fr)",
          render: (one) => (
            <Go to={`/scenes/${one.scene}`}>{scenes.find((scene) => scene.value === one.scene)?.label ?? one.scene}</Go>
          ),
        },
        { key: "currency", title: t("currency"), width: "100px", render: (one) => one.currency },
        { key: "zone", title: t("zone"), render: (one) => one.time_zone },
        {
          key: "status",
          title: t("status"),
          width: "110px",
          render: (one) => <Status tone={one.open ? "good" : "quiet"}>{t(one.open ? "open" : "closed")}</Status>,
        },
      ]}
      empty={{ title: t("noChannels"), body: t("noChannelsBody"), action: add }}
    />
  )
}
