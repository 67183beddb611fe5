/** Every lot of points, red packets and procurement points: what was given, what is left, until when. */

import { Time } from "@kit/format"
import { ListPage } from "@kit/list"
import { useSession } from "@kit/session"
import { Go } from "@kit/shell/go"
import { useWords } from "@kit/words"
import { Button } from "antd"
import { useState } from "react"
import { GiveDialog } from "./GiveDialog"
import { amountOf, LotStatus } from "./said"
import { Tabs } from "./Tabs"
import { words } from "./words"

export default function LotsPage() {
  const t = useWords(words)
  const { may } = useSession()
  const [giving, give] = useState(false)
  return (
    <>
      <Tabs here="/asset/lots" />
      <ListPage
        name="lots"
        title={t("lots")}
        path="/v1/assets/lots"
        row={(one) => one.id}
        open={(one) => `/asset/lots/${one.id}`}
        filters={[
          {
            key: "kind",
            title: t("kind"),
            kind: "choice",
            pinned: true,
            options: (["points", "red_packet", "beans"] as const).map((value) => ({
              value,
              label: t(`kinds.${value}`),
            })),
          },
          {
            key: "state",
            title: t("state"),
            kind: "choice",
            pinned: true,
            options: (["active", "promised", "used", "expired"] as const).map((value) => ({
              value,
              label: t(`states.${value}`),
            })),
          },
          { key: "funder", title: t("funder"), kind: "text" },
          { key: "month", title: t("month"), kind: "text" },
          { key: "member", title: t("member"), kind: "text" },
        ]}
        columns={[
          {
            key: "holder",
            title: t("holder"),
            always: true,
            width: "minmax(160px, 1.4fr)",
            render: (one) => <span className="cut">{one.holder || one.member || one.company}</span>,
          },
          { key: "kind", title: t("kind"), width: "130px", render: (one) => t(`kinds.${one.kind}`) },
          { key: "state", title: t("state"), width: "120px", render: (one) => <LotStatus state={one.state} /> },
          {
            key: "left",
            title: t("left"),
            width: "110px",
            align: "end",
            render: (one) => <span className="num">{amountOf(one.left, one.currency)}</span>,
          },
          {
            key: "amount",
            title: t("amount"),
            width: "110px",
            align: "end",
            render: (one) => <span className="num muted">{amountOf(one.amount, one.currency)}</span>,
          },
          {
            key: "source",
            title: t("source"),
            width: "minmax(150px, 1fr)",
            render: (one) =>
              one.order ? (
                <Go to={`/orders/${one.order}`} className="mono">
                  {one.order}
                </Go>
              ) : (
                <span className="cut">{one.reason || t("grant")}</span>
              ),
          },
          {
            key: "funder",
            title: t("funder"),
            width: "120px",
            render: (one) => <span className="cut">{one.funder}</span>,
          },
          { key: "expires", title: t("expires"), width: "130px", render: (one) => <Time at={one.usable_until} /> },
          { key: "earned", title: t("earned"), width: "130px", render: (one) => <Time at={one.earned_at} /> },
        ]}
        action={
          may("asset:grant") ? (
            <Button type="primary" onClick={() => give(true)}>
              {t("give")}
            </Button>
          ) : null
        }
        empty={{ title: t("none"), body: t("noneBody") }}
      />
      {giving ? <GiveDialog close={() => give(false)} /> : null}
    </>
  )
}
