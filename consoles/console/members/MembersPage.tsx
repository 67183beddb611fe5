/** Everybody who is recognized somewhere; found by whatever they are recognized by. */

import { SearchOutlined } from "@ant-design/icons"
import { api } from "@kit/api/client"
import type { MemberView } from "@kit/api/schema.gen"
import { countText, Time } from "@kit/format"
import { Grid, ListPage } from "@kit/list"
import { Export } from "@kit/list/export"
import type { Column } from "@kit/list/Grid"
import { Status, useTitle } from "@kit/record"
import { Go, useGo } from "@kit/shell/go"
import { Refused } from "@kit/states"
import { useWords } from "@kit/words"
import { Input, type InputRef } from "antd"
import { useMemo, useRef, useState } from "react"
import { useKey } from "../orders/keys"
import "../orders/orders.css"
import { useSettled } from "@kit/api/settled"
import { trade } from "../orders/words"
import "./members.css"
import { Tabs } from "./Tabs"
import { words } from "./words"

const NAME_MIN = 2

export default function MembersPage() {
  const t = useWords(words)
  const tt = useWords(trade)
  const go = useGo()
  const box = useRef<InputRef>(null)
  const [typed, type] = useState("")
  const text = useSettled(typed.trim())
  useTitle(t("title"))
  useKey("/", () => box.current?.focus({ cursor: "all" }))
  // What somebody is recognized by stays out of the address: addresses end up in logs and histories.
  const found = api.useQuery(
    "post",
    "/v1/members/find",
    { body: { text, kind: null } as never },
    { enabled: text.length >= NAME_MIN, retry: false },
  )
  const columns = useMemo<Column<MemberView>[]>(
    () => [
      {
        key: "member",
        title: t("member"),
        always: true,
        width: "minmax(140px, 1fr)",
        render: (one) => <Go to={`/members/${one.member}`}>{one.name || one.identities[0]?.value || t("unnamed")}</Go>,
      },
      {
        key: "identities",
        title: t("identities"),
        width: "minmax(200px, 2fr)",
        render: (one) => (
          <span className="cut">
            {one.identities.map((id) => (
              <span key={`${id.kind} ${id.value}`} className="identity">
                <span className="muted">{tt(`identity.${id.kind}`)}</span> <span className="num">{id.value}</span>
              </span>
            ))}
          </span>
        ),
      },
      {
        key: "level",
        title: t("level"),
        width: "90px",
        render: (one) => (one.level === "basic" ? t("basic") : one.level),
      },
      {
        key: "status",
        title: t("status"),
        width: "110px",
        render: (one) => (
          <Status tone={one.status === "active" ? "good" : one.status === "blocked" ? "bad" : "quiet"}>
            {tt(`member.${one.status}`)}
          </Status>
        ),
      },
      {
        key: "orders",
        title: t("orders"),
        align: "end",
        width: "90px",
        render: (one) => <Go to={`/orders?member=${one.member}`}>{countText(one.orders)}</Go>,
      },
      {
        key: "last",
        title: t("lastOrder"),
        width: "130px",
        render: (one) => (one.last_order_at ? <Time at={one.last_order_at} /> : <span className="muted">–</span>),
      },
      { key: "joined", title: t("joined"), width: "130px", render: (one) => <Time at={one.created_at} /> },
    ],
    [t, tt],
  )
  const searching = text.length >= NAME_MIN
  const rows = found.data?.items ?? []
  return (
    <section className="members">
      <header className="list-title">
        <h1>{t("title")}</h1>
        <div className="list-actions">
          <Export kind="members" query={{ sort: "-joined" }} />
        </div>
      </header>
      <Tabs here="/members" />
      <div className="members-find">
        <Input
          ref={box}
          allowClear
          prefix={<SearchOutlined aria-hidden="true" />}
          suffix={<kbd>/</kbd>}
          value={typed}
          placeholder={t("find")}
          aria-label={t("find")}
          onChange={(event) => type(event.target.value)}
        />
        <span className="muted" aria-live="polite">
          {searching && found.data ? t("found", { count: rows.length }) : typed && !searching ? t("findShort") : null}
        </span>
      </div>
      {searching ? (
        found.isError ? (
          <Refused error={found.error} retry={() => found.refetch()} />
        ) : (
          <Grid
            label={t("title")}
            columns={columns}
            rows={[...rows]}
            rowKey={(one) => one.member}
            more={false}
            loading={found.isPending}
            onMore={() => undefined}
            onOpen={(one) => go(`/members/${one.member}`)}
          />
        )
      ) : (
        <ListPage
          embedded
          name="members"
          title={t("title")}
          path="/v1/members"
          fixed={{ query: { sort: "-joined" } }}
          row={(one) => one.member}
          open={(one) => `/members/${one.member}`}
          columns={columns}
          empty={{ title: t("none"), body: t("noneBody") }}
        />
      )}
    </section>
  )
}
