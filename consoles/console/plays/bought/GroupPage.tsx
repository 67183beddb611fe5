/** One group of buyers: who has a place in it, and how it went from its first buyer to its end. */

import { api } from "@kit/api/client"
import type { components } from "@kit/api/schema.gen"
import { Money, Time } from "@kit/format"
import { Facts, RecordPage, Section, Status } from "@kit/record"
import { Opens, Rows } from "@kit/record/Rows"
import { Go } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useWords } from "@kit/words"
import { Bar } from "../Bar"
import "./bought.css"
import { GroupState, Waiting } from "./Groups"
import { words } from "./words"

type Course = components["schemas"]["GroupCourseView"]
type Seat = components["schemas"]["SeatView"]
/** What is told of each event. */
const MOMENTS = {
  "group.opened.v1": "opened",
  "group.filled.v1": "filled",
  "group.formed.v1": "formed",
  "group.failed.v1": "failed",
  "order.placed.v1": "joined",
  "order.paid.v1": "paid",
  "order.expired.v1": "expired",
  "order.marked_down.v1": "less",
  "order.canceled.v1": "canceled",
} as const

export default function GroupPage() {
  const code = usePlace("buyers")
  const asked = api.useQuery("get", "/v1/buying-groups/{code}/course", { params: { path: { code } } })
  return <Answer of={asked}>{(told) => <Group of={told} />}</Answer>
}

function Group({ of }: { of: Course }) {
  const t = useWords(words)
  const { group, seats } = of
  const who = (order: string) => {
    const no = seats.findIndex((one) => one.order === order)
    return seats[no]?.member_name || t("buyerNo", { no: no + 1 })
  }
  return (
    <RecordPage
      title={<span className="mono">{group.code}</span>}
      tab={`${t("group")} ${group.code}`}
      back={{ to: `/plays/group-buys/${encodeURIComponent(group.play)}`, label: group.play }}
      status={<GroupState of={group} />}
    >
      <div className="bought-facts">
        <Facts
          facts={[
            [t("filled"), <Bar key="filled" taken={group.measured} all={group.holds} more={<Waiting of={group} />} />],
            [t("opened"), <Time key="opened" at={group.opened_at} exact />],
            [t("closes"), <Time key="closes" at={group.closed_at ?? group.closes_at} exact />],
            [t("activity"), <code key="play">{`${group.play}@${group.version}`}</code>],
          ]}
        />
      </div>
      <Section title={t("seats")}>
        <Rows
          rows={seats}
          by={(one) => one.order}
          label={t("seats")}
          columns={[
            {
              title: t("buyer"),
              of: (one) => (one.member ? <Go to={`/members/${one.member}`}>{who(one.order)}</Go> : who(one.order)),
            },
            { of: (one) => <Tags of={one} /> },
            { title: t("order"), of: (one) => <Opens to={`/orders/${one.order}`} id={one.order} /> },
            {
              title: t("counts2"),
              end: true,
              of: (one) =>
                of.measure === "amount" ? <Money minor={one.counts} currency={one.currency} /> : one.counts,
            },
            {
              title: t("paid"),
              end: true,
              of: (one) => <Money minor={one.paid} currency={one.currency} />,
            },
            {
              title: t("refunded"),
              end: true,
              of: (one) => <Money minor={one.refunded} currency={one.currency} />,
            },
          ]}
        />
      </Section>
      <Section title={t("course")}>
        <ol className="bought-moments">
          {of.moments.map((one, no) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: what happened stays where it is
            <li key={no}>
              <Time at={one.at} exact />
              <span>
                {one.what in MOMENTS
                  ? t(`moment.${MOMENTS[one.what as keyof typeof MOMENTS]}`, { who: who(one.order) })
                  : one.what}
              </span>
            </li>
          ))}
        </ol>
      </Section>
    </RecordPage>
  )
}

function Tags({ of }: { of: Seat }) {
  const t = useWords(words)
  return (
    <span className="bought-tags">
      {of.head ? <Status tone="busy">{t(of.headed ? "headed" : "head")}</Status> : null}
      {of.newcomer ? <Status tone="good">{t("newcomer")}</Status> : null}
    </span>
  )
}
