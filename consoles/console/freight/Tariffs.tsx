/** Freight templates, or fees: which version is in force, where, and what is being drafted. */

import { PlusOutlined } from "@ant-design/icons"
import { Time } from "@kit/format"
import { ListPage as List, type RowOf } from "@kit/list"
import { Status, useTitle } from "@kit/record"
import { useSession } from "@kit/session"
import { Go, useGo } from "@kit/shell/go"
import { useLocale, useWords } from "@kit/words"
import { Button } from "antd"
import "../people/people.css"
import { words } from "./words"

type Row = RowOf<"/v1/freight-templates">

export function Tariffs({ of }: { of: "freight" | "fee" }) {
  const t = useWords(words)
  const go = useGo()
  const locale = useLocale()
  const { may } = useSession()
  const freight = of === "freight"
  const under = freight ? "/freight/templates" : "/freight/fees"
  useTitle(t(freight ? "templates" : "fees"))
  return (
    <List
      name={freight ? "freight-templates" : "fees"}
      title={t("title")}
      path={freight ? "/v1/freight-templates" : "/v1/fees"}
      row={(one) => one.code}
      open={(one) => `${under}/${encodeURIComponent(one.code)}`}
      search={{ key: "q", hint: t("findWords") }}
      filters={[
        {
          key: "state",
          title: t("state"),
          kind: "choice",
          pinned: true,
          options: (["published", "draft", "ended"] as const).map((value) => ({ value, label: t(value) })),
        },
      ]}
      above={
        <nav className="subnav" aria-label={t("title")}>
          <Go to="/freight" className={freight ? "current" : undefined}>
            {t("templates")}
          </Go>
          <Go to="/freight/fees" className={freight ? undefined : "current"}>
            {t("fees")}
          </Go>
        </nav>
      }
      columns={[
        {
          key: "name",
          title: t("name"),
          always: true,
          width: "minmax(200px, 2fr)",
          render: (one) => <strong className="cut">{nameOf(one, locale)}</strong>,
        },
        {
          key: "code",
          title: t("code"),
          width: "160px",
          render: (one) => <span className="mono cut">{one.code}</span>,
        },
        { key: "status", title: t("status"), width: "190px", render: (one) => <Standing of={one} /> },
        {
          key: "where",
          title: t(freight ? "defaultIn" : "askedIn"),
          width: "minmax(160px, 1fr)",
          render: (one) => <Where of={one} none={freight ? t("byGoods") : t("everyChannel")} />,
        },
        {
          key: "seller",
          title: t("seller"),
          width: "120px",
          render: (one) => <span className="mono">{one.seller}</span>,
        },
        { key: "currency", title: t("currency"), width: "90px", render: (one) => one.currency },
        { key: "changed", title: t("changed"), width: "130px", render: (one) => <Time at={one.changed_at} /> },
      ]}
      action={
        may("freight:write") ? (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => go(`${under}/new`)}>
            {t(freight ? "newTemplate" : "newFee")}
          </Button>
        ) : null
      }
      empty={
        freight
          ? { title: t("noTemplates"), body: t("noTemplatesBody") }
          : { title: t("noFees"), body: t("noFeesBody") }
      }
    />
  )
}

export function nameOf(one: { name: string; name_zh?: string }, locale: string): string {
  return (locale === "zh" && one.name_zh) || one.name
}

export function Standing({ of }: { of: { in_force: number | null; draft: number | null } }) {
  const t = useWords(words)
  const { in_force, draft } = of
  if (in_force !== null && draft !== null)
    return <Status tone="warn">{t("inForceAndDraft", { version: in_force, draft })}</Status>
  if (in_force !== null) return <Status tone="good">{t("inForce", { version: in_force })}</Status>
  return draft !== null ? <Status tone="warn">{t("draft")}</Status> : <Status tone="quiet">{t("ended")}</Status>
}

function Where({ of, none }: { of: Row; none: string }) {
  const t = useWords(words)
  if (of.default_in.length === 0) return <span className="muted">{none}</span>
  return <>{of.default_in.map((code) => (code === "*" ? t("everyChannel") : code)).join(", ")}</>
}
