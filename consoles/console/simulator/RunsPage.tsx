/** What has been tried on past orders, the latest first. */

import { PlusOutlined } from "@ant-design/icons"
import { Delta } from "@kit/chart"
import { countText, moneyText, Time } from "@kit/format"
import { ListPage, type RowOf } from "@kit/list"
import { Status } from "@kit/record"
import { useSession } from "@kit/session"
import { useGo } from "@kit/shell/go"
import { useWords } from "@kit/words"
import { Button } from "antd"
import { words } from "./words"

type Row = RowOf<"/v1/simulations">

export default function RunsPage() {
  const t = useWords(words)
  const { may } = useSession()
  const go = useGo()
  const begin = may("simulation:run") ? (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => go("/simulator/new")}>
      {t("newRun")}
    </Button>
  ) : null
  return (
    <ListPage
      name="simulations"
      title={t("title")}
      path="/v1/simulations"
      row={(one) => one.id}
      open={(one) => `/simulator/${one.id}`}
      columns={[
        {
          key: "name",
          title: t("name"),
          always: true,
          width: "minmax(200px, 2fr)",
          render: (one) => <strong className="cut">{one.name || t("unnamed")}</strong>,
        },
        { key: "state", title: t("state"), width: "130px", render: (one) => <RunState run={one} /> },
        {
          key: "channel",
          title: t("channel"),
          width: "minmax(110px, 1fr)",
          render: (one) => one.sample.channel,
        },
        { key: "basis", title: t("basis"), width: "minmax(140px, 1fr)", render: (one) => t(one.basis) },
        { key: "orders", title: t("sampled"), align: "end", width: "110px", render: (one) => countText(one.orders) },
        { key: "touched", title: t("changed"), align: "end", width: "110px", render: (one) => countText(one.touched) },
        {
          key: "effect",
          title: t("effect"),
          align: "end",
          width: "minmax(180px, 1fr)",
          render: (one) => <Effect run={one} />,
        },
        { key: "when", title: t("when"), width: "150px", render: (one) => <Time at={one.started_at} /> },
      ]}
      action={
        <>
          <Button onClick={() => go("/simulator/compare")}>{t("compare")}</Button>
          {begin}
        </>
      }
      empty={{ title: t("none"), body: t("noneBody"), action: begin }}
    />
  )
}

function Effect({ run }: { run: Row }) {
  const t = useWords(words)
  const before = run.before.gross - run.before.discount
  const after = run.after.gross - run.after.discount
  return (
    <span className="num">
      {moneyText(after - before, run.currency, true)} <Delta now={after} before={before} none={t("noBefore")} />
    </span>
  )
}

export function RunState({ run }: { run: Pick<Row, "state"> }) {
  const t = useWords(words)
  const tone = run.state === "done" ? "good" : run.state === "running" ? "busy" : "quiet"
  return <Status tone={tone}>{t(run.state)}</Status>
}
