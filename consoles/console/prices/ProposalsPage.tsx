/** What was proposed, and waits for another pair of eyes: approved or rejected one by one or many at once. */

import { send, useAct } from "@kit/api/act"
import { fetcher } from "@kit/api/client"
import { Time } from "@kit/format"
import { ListPage as List, type RowOf } from "@kit/list"
import { Status, type Tone, useTitle } from "@kit/record"
import { useSession } from "@kit/session"
import { Go } from "@kit/shell/go"
import { useWords } from "@kit/words"
import { App, Input } from "antd"
import { useRef } from "react"
import "./prices.css"
import { agreeing } from "./agreeing"
import { Tabs } from "./Tabs"

type Row = RowOf<"/v1/price-proposals">
const TONES: Record<string, Tone> = { draft: "quiet", proposed: "warn", approved: "good", rejected: "bad" }

export default function ProposalsPage() {
  const t = useWords(agreeing)
  const { may } = useSession()
  const { approve, reject } = useDecisions()
  useTitle(t("proposals"))
  return (
    <List
      name="price-proposals"
      title={t("proposals")}
      path="/v1/price-proposals"
      row={(one) => one.proposal}
      open={(one) => `/prices/proposals/${one.proposal}`}
      above={<Tabs here="/prices/proposals" />}
      filters={[
        {
          key: "stage",
          title: t("stage"),
          kind: "choice",
          pinned: true,
          options: (["proposed", "draft", "approved", "rejected", "withdrawn"] as const).map((value) => ({
            value,
            label: t(`stages.${value}`),
          })),
        },
      ]}
      columns={[
        {
          key: "list",
          title: t("list"),
          always: true,
          width: "minmax(180px, 1.4fr)",
          render: (one) => (
            <Go to={`/prices/proposals/${one.proposal}`}>
              <strong className="cut">{one.list_name}</strong>
            </Go>
          ),
        },
        { key: "change", title: t("change"), width: "minmax(180px, 1fr)", render: (one) => <Moves of={one} /> },
        {
          key: "note",
          title: t("note"),
          width: "minmax(160px, 1.6fr)",
          render: (one) => <span className="cut">{one.note}</span>,
        },
        {
          key: "by",
          title: t("by"),
          width: "minmax(120px, 1fr)",
          render: (one) => (
            <span className="cut">
              {one.made_by_name || one.made_by} {one.mine ? <span className="muted">({t("mine")})</span> : null}
            </span>
          ),
        },
        { key: "when", title: t("when"), width: "130px", render: (one) => <Time at={one.made_at} /> },
        { key: "stage", title: t("stage"), width: "180px", render: (one) => <Stage of={one} /> },
      ]}
      bulk={
        may("price:approve")
          ? [
              {
                key: "approve",
                label: (count) => t("approve", { count }),
                run: (rows) => approve(rows.map((one) => one.proposal)),
              },
              {
                key: "reject",
                danger: true,
                label: (count) => t("reject", { count }),
                run: (rows) => reject(rows.map((one) => one.proposal)),
              },
            ]
          : undefined
      }
      empty={{ title: t("noProposals"), body: t("noProposalsBody") }}
    />
  )
}

export function Stage({ of }: { of: Pick<Row, "status"> }) {
  const t = useWords(agreeing)
  return <Status tone={TONES[of.status] ?? "quiet"}>{t(`stages.${of.status}`)}</Status>
}

export function Moves({ of }: { of: Pick<Row, "lines" | "raised" | "lowered"> }) {
  const t = useWords(agreeing)
  return (
    <span className="price-moves">
      {t("changes", { lines: of.lines })}
      {of.raised ? <span>▲ {t("raised", { count: of.raised })}</span> : null}
      {of.lowered ? <span>▼ {t("lowered", { count: of.lowered })}</span> : null}
    </span>
  )
}

/** Approving and rejecting, with what became of each said in words; a rejection asks why first. */
export function useDecisions() {
  const t = useWords(agreeing)
  const { modal, notification } = App.useApp()
  const why = useRef("")
  const decide = useAct(
    (_key, wish: { proposals: string[]; decision: "approve" | "reject"; reason?: string }) =>
      send(fetcher.POST("/v1/price-proposals/decisions", { body: wish as never })),
    {
      said: (answer) => t("decided", { count: answer.decided }),
      refresh: ["/v1/price-proposals", "/v1/price-lists", "/v1/prices", "/v1/products"],
      then: (answer) => {
        const refused = answer.rows.filter((one) => one.refused)
        if (refused.length)
          notification.warning({
            title: t("refusedSome", { count: refused.length }),
            description: [...new Set(refused.map((one) => one.detail))].join("\n"),
            duration: 10,
          })
      },
    },
  )
  const approve = async (proposals: string[]) => {
    await decide.mutateAsync({ proposals, decision: "approve" }).catch(() => undefined)
  }
  const reject = (proposals: string[]) => {
    why.current = ""
    modal.confirm({
      title: t("rejectTitle"),
      content: (
        <Input.TextArea
          autoFocus
          rows={3}
          maxLength={1000}
          aria-label={t("reason")}
          placeholder={t("reasonHint")}
          onChange={(event) => {
            why.current = event.target.value
          }}
        />
      ),
      okText: t("rejectNow"),
      cancelText: t("cancel"),
      okButtonProps: { danger: true },
      onOk: () =>
        decide.mutateAsync({ proposals, decision: "reject", reason: why.current }).then(
          () => undefined,
          () => undefined,
        ),
    })
  }
  return { approve, reject, busy: decide.isPending }
}
