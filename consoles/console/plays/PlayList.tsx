/** The list of one kind of play: what all kinds show alike, around the columns of its own. */

import { PlusOutlined } from "@ant-design/icons"
import { type Column, ListPage, type ListPath, type RowOf } from "@kit/list"
import { useSession } from "@kit/session"
import { useGo } from "@kit/shell/go"
import { useLocale, useWords } from "@kit/words"
import { Button } from "antd"
import { type Kind, type Named2, StateOf, type Version } from "./Editor"
import { words } from "./gate.words"
import { Tabs } from "./Tabs"

type PlayPath = `/v1/${Kind}` & ListPath

interface PlayListProps<P extends PlayPath> {
  path: P
  title: string
  /** What making a new one is called. */
  make: string
  what: (row: RowOf<P>) => Named2
  columns: Column<RowOf<P>>[]
  empty: { title: string; body: string }
}

export function PlayList<P extends PlayPath>({ path, title, make, what, columns, empty }: PlayListProps<P>) {
  const t = useWords(words)
  const locale = useLocale()
  const go = useGo()
  const { may } = useSession()
  const kind = path.slice("/v1/".length)
  const add = may("promotion:write") ? (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => go(`/plays/${kind}/new`)}>
      {make}
    </Button>
  ) : null
  const version = (row: RowOf<P>) => row as unknown as Version
  return (
    <ListPage
      name={kind}
      title={title}
      path={path}
      row={(one) => version(one).code}
      open={(one) => `/plays/${kind}/${encodeURIComponent(version(one).code)}`}
      above={<Tabs here={kind} />}
      action={add}
      tall
      filters={[
        {
          key: "status",
          title: t("standing"),
          kind: "choice",
          pinned: true,
          options: (["draft", "published", "ended"] as const).map((value) => ({ value, label: t(`state.${value}`) })),
        },
      ]}
      columns={[
        {
          key: "name",
          title: t("name"),
          always: true,
          width: "minmax(200px, 1.4fr)",
          render: (one) => (
            <span className="play-name">
              <strong className="cut">{(locale === "zh" && what(one).name_zh) || what(one).name}</strong>
              <small className="mono cut">{`${version(one).code}@${version(one).version}`}</small>
            </span>
          ),
        },
        { key: "state", title: t("standing"), width: "170px", render: (one) => <StateOf of={version(one)} /> },
        ...columns,
      ]}
      empty={{ ...empty, action: add }}
    />
  )
}
