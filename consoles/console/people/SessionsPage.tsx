import { fetcher, problemOf } from "@kit/api/client"
import { Time } from "@kit/format"
import { ListPage } from "@kit/list"
import { useTitle } from "@kit/record"
import { useSession } from "@kit/session"
import { Go } from "@kit/shell/go"
import { problemText } from "@kit/states"
import { useWords } from "@kit/words"
import { useQueryClient } from "@tanstack/react-query"
import { App } from "antd"
import { browserOf } from "./asked"
import { Tabs } from "./Tabs"
import { words } from "./words"

export default function SessionsPage() {
  const t = useWords(words)
  const { may } = useSession()
  const { notification } = App.useApp()
  const client = useQueryClient()
  useTitle(t("sessions"))

  async function end(sessions: { session: string; current: boolean }[]) {
    for (const { session } of sessions.filter((one) => !one.current)) {
      const { error } = await fetcher.DELETE("/v1/sessions/{session}", { params: { path: { session } } })
      const problem = problemOf(error)
      // One that has ended meanwhile is what was wanted.
      if (problem && problem.status !== 404)
        notification.error({ title: problemText(problem).title, description: problemText(problem).detail })
    }
    await client.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[1]).startsWith("/v1/sessions") })
  }

  return (
    <ListPage
      name="sessions"
      title={t("sessions")}
      path="/v1/sessions"
      row={(one) => one.session}
      above={<Tabs here="/sessions" />}
      filters={[{ key: "login", title: t("login"), kind: "text", pinned: true }]}
      columns={[
        {
          key: "name",
          title: t("name"),
          always: true,
          width: "minmax(180px, 1.2fr)",
          render: (one) => (
            <>
              <Go to={`/people/${encodeURIComponent(one.login)}`}>{one.name}</Go>
              {one.current ? <span className="muted"> · {t("current")}</span> : null}
            </>
          ),
        },
        { key: "login", title: t("login"), render: (one) => <span className="mono">{one.login}</span> },
        {
          key: "place",
          title: t("place"),
          width: "minmax(160px, 1.4fr)",
          render: (one) => <span title={one.agent}>{browserOf(one.agent) || t("unknown")}</span>,
        },
        { key: "address", title: t("address"), render: (one) => <span className="mono">{one.address}</span> },
        { key: "since", title: t("since"), width: "140px", render: (one) => <Time at={one.created_at} /> },
        {
          key: "seen",
          title: t("seen"),
          width: "140px",
          render: (one) => (one.seen_at ? <Time at={one.seen_at} /> : <span className="muted">–</span>),
        },
      ]}
      bulk={
        may("access:write")
          ? [{ key: "end", label: (count) => t("many", { count }), danger: true, run: end }]
          : undefined
      }
      empty={{ title: t("noSessions"), body: t("noSessionsBody") }}
    />
  )
}
