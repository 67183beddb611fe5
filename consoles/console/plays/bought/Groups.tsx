/** The groups of a group buy: how full each is, and until when it is open. */

import type { components } from "@kit/api/schema.gen"
import { Time } from "@kit/format"
import { ListPage } from "@kit/list"
import { Section, Status, type Tone } from "@kit/record"
import { useWords } from "@kit/words"
import { Bar } from "../Bar"
import { words } from "./words"

type Group = components["schemas"]["GroupView"]

const STANDS = {
  open: ["busy", "groupOpen"],
  formed: ["good", "groupFormed"],
  failed: ["quiet", "groupFailed"],
} as const satisfies Record<string, [Tone, string]>

export function GroupState({ of }: { of: Group }) {
  const t = useWords(words)
  const [tone, word] = STANDS[of.state]
  return <Status tone={tone}>{t(word)}</Status>
}

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
        open={(one) => `/plays/groups/${one.code}`}
        columns={[
          {
            key: "code",
            title: t("group"),
            always: true,
            width: "minmax(150px, 1fr)",
            render: (one) => <span className="mono">{one.code}</span>,
          },
          { key: "state", title: t("standing"), width: "120px", render: (one) => <GroupState of={one} /> },
          {
            key: "filled",
            title: t("filled"),
            width: "minmax(190px, 1.4fr)",
            render: (one) => <Bar taken={one.measured} all={one.holds} more={<Waiting of={one} />} />,
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

/** Who is in but has not paid yet, and for whom there is room. */
export function Waiting({ of }: { of: Group }) {
  const t = useWords(words)
  const said = [
    of.under_way ? t("underWay", { count: of.under_way }) : "",
    of.state === "open" && of.regulars_left != null ? t("regularsLeft", { count: of.regulars_left }) : "",
  ].filter(Boolean)
  return said.length ? <> · {said.join(" · ")}</> : null
}
