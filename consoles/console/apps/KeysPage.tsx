import { PlusOutlined } from "@ant-design/icons"
import { Time } from "@kit/format"
import { ListPage } from "@kit/list"
import { useTitle } from "@kit/record"
import { useSession } from "@kit/session"
import { Go, useGo } from "@kit/shell/go"
import { useWords } from "@kit/words"
import { Button } from "antd"
import { KeyStatus } from "./KeyStatus"
import { words } from "./words"

export default function KeysPage() {
  const t = useWords(words)
  const go = useGo()
  const { may } = useSession()
  useTitle(t("keys"))
  const add = may("access:write") ? (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => go("/apps/new")}>
      {t("newKey")}
    </Button>
  ) : null
  return (
    <ListPage
      name="keys"
      title={t("keys")}
      path="/v1/app-keys"
      row={(key) => key.key}
      open={(key) => `/apps/${key.key}`}
      action={
        <>
          <a href="/docs" target="_blank" rel="noreferrer">
            {t("docs")}
          </a>
          {add}
        </>
      }
      columns={[
        {
          key: "name",
          title: t("name"),
          always: true,
          width: "minmax(180px, 1.5fr)",
          render: (key) => <Go to={`/apps/${key.key}`}>{key.name}</Go>,
        },
        {
          key: "rights",
          title: t("rights"),
          width: "minmax(200px, 2fr)",
          render: (key) => (
            <span className="mono muted" title={key.grants.join(" ")}>
              {key.grants.includes("*") ? t("all") : key.grants.join(" · ")}
            </span>
          ),
        },
        { key: "made", title: t("made"), width: "130px", render: (key) => <Time at={key.created_at} /> },
        {
          key: "used",
          title: t("used"),
          width: "130px",
          render: (key) => (key.used_at ? <Time at={key.used_at} /> : <span className="muted">{t("never")}</span>),
        },
        { key: "status", title: t("status"), width: "170px", render: (key) => <KeyStatus of={key} /> },
      ]}
      empty={{ title: t("none"), body: t("noneBody"), action: add }}
    />
  )
}
