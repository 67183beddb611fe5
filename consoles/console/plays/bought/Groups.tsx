/** The groups of a group buy: how full each is, and until when it is open. */

import { Time } from "@kit/format"
import { ListPage } from "@kit/list"
import { Section, Status, type Tone } from "@kit/record"
import { useWords } from "@kit/words"
import { words } from "./words"

const STANDS = {
  open: ["busy", "groupOpen"],
  formed: ["good", "groupFormed"],
  failed: ["quiet", "groupFailed"],
} as const satisfies Record<string, [Tone, string]>

export function Groups({ play }: { play: string }) {
  const t = useWords(words)
  return (
    <Section title={t("groups")}>
      <ListPage
        embedded
        name="buying-groups"
        title={t("groups")}
        path="/v1/buying-groups"
        fixed={{ query: { play } }}
        row={(one) => one.code}
        open={(one) => `/orders/${one.order}`}
        columns={[
          {
            key: "code",
            title: t("group"),
            always: true,
            width: "minmax(150px, 1fr)",
            render: (one) => <span className="mono">{one.code}</span>,
          },
          {
            key: "state",
            title: t("state"),
            width: "120px",
            render: (one) => <Status tone={STANDS[one.state][0]}>{t(STANDS[one.state][1])}</Status>,
          },
          {
            key: "filled",
            title: t("filled"),
            width: "minmax(150px, 1fr)",
            render: (one) => (
              <div className="bought-sold">
                <small>
                  {one.measured} / {one.holds}
                  {one.under_way ? <span className="muted"> · {t("underWay", { count: one.under_way })}</span> : null}
                </small>
                <div className="bought-bar">
                  <b style={{ width: `${Math.min((one.measured / one.holds) * 100, 100)}%` }} />
                </div>
              </div>
            ),
          },
          { key: "opened", title: t("opened"), width: "160px", render: (one) => <Time at={one.opened_at} /> },
          {
            key: "closes",
            title: t("closes"),
            width: "160px",
            render: (one) => <Time at={one.closed_at ?? one.closes_at} />,
          },
        ]}
        empty={{ title: t("noGroups"), body: t("noGroupsBody") }}
      />
    </Section>
  )
}
