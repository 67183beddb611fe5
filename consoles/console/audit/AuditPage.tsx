import { api } from "@kit/api/client"
import { Time } from "@kit/format"
import { ListPage } from "@kit/list"
import { useTitle } from "@kit/record"
import { Go } from "@kit/shell/go"
import { useWords } from "@kit/words"
import { useMemo } from "react"
import { placeOf, useSaid } from "./said"
import { Who } from "./Who"
import { words } from "./words"

const GROUPS = [
  "order",
  "sale",
  "payment",
  "refund",
  "stock",
  "price",
  "product",
  "member",
  "channel",
  "store",
  "seller",
  "shift",
  "staff",
  "role",
  "app_key",
] as const

export default function AuditPage() {
  const t = useWords(words)
  const said = useSaid()
  useTitle(t("title"))
  const groups = useMemo(() => GROUPS.map((group) => ({ value: `${group}.`, label: t(`groups.${group}`) })), [t])
  return (
    <ListPage
      name="audit"
      title={t("title")}
      path="/v1/audit"
      row={(one) => one.event}
      open={(one) => `/audit/${one.event}`}
      filters={[
        { key: "event", title: t("kind"), kind: "choice", options: groups, pinned: true },
        { key: "actor", title: t("actor"), kind: "lookup", useOptions: usePeople, pinned: true },
        { key: "at", title: t("period"), kind: "period", keys: ["from", "to"], pinned: true },
        { key: "subject", title: t("subjectFilter"), kind: "text", placeholder: t("subjectHint") },
      ]}
      columns={[
        { key: "at", title: t("when"), width: "160px", render: (one) => <Time at={one.at} exact /> },
        { key: "who", title: t("who"), width: "minmax(140px, 1fr)", render: (one) => <Who one={one} /> },
        {
          key: "what",
          title: t("what"),
          always: true,
          width: "minmax(240px, 2fr)",
          render: (one) => <Go to={`/audit/${one.event}`}>{said(one)}</Go>,
        },
        {
          key: "subject",
          title: t("subject"),
          width: "minmax(180px, 1fr)",
          render: (one) => {
            const place = placeOf(one)
            const name = <span className="mono">{one.subject.code ?? one.subject.id}</span>
            return place ? <Go to={place}>{name}</Go> : name
          },
        },
        {
          key: "type",
          title: t("type"),
          hidden: true,
          width: "180px",
          render: (one) => <span className="mono">{one.type}</span>,
        },
        {
          key: "flow",
          title: t("through"),
          hidden: true,
          width: "180px",
          render: (one) => <span className="mono">{one.flow}</span>,
        },
      ]}
      empty={{ title: t("none"), body: t("noneBody") }}
    />
  )
}

function usePeople(typed: string) {
  const asked = api.useQuery("get", "/v1/staff", { params: { query: { limit: 250 } } }, { staleTime: 60_000 })
  const wanted = typed.trim().toLowerCase()
  const options =
    asked.data?.items
      .filter((person) => `${person.name} ${person.login}`.toLowerCase().includes(wanted))
      .map((person) => ({ value: person.login, label: `${person.name} · ${person.login}` })) ?? []
  // A key or the house itself can be named as it is written.
  if (wanted.includes(":") || wanted.startsWith("key_")) options.push({ value: typed.trim(), label: typed.trim() })
  return { options, loading: asked.isPending }
}
