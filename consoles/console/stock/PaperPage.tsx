/** One paper: what it says, line by line, and its entry in the book. */

import { api } from "@kit/api/client"
import type { PaperLineRow, PaperView } from "@kit/api/schema.gen"
import { countText, exactText, Quantity } from "@kit/format"
import { ListPage } from "@kit/list"
import type { Column } from "@kit/list/Grid"
import { Facts, RecordPage, Section } from "@kit/record"
import { Go } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useWords } from "@kit/words"
import { useMemo } from "react"
import { Goods, Signed } from "./said"
import "./stock.css"
import { words } from "./words"

export default function PaperPage() {
  const id = usePlace("paper")
  const paper = api.useQuery("get", "/v1/stock/papers/{paper_id}", { params: { path: { paper_id: id } } })
  return <Answer of={paper}>{(found) => <Paper found={found} />}</Answer>
}

function Paper({ found }: { found: PaperView }) {
  const t = useWords(words)
  const columns = useMemo<Column<PaperLineRow>[]>(
    () => [
      { key: "line", title: "", width: "56px", render: (one) => <span className="muted num">{one.line_no}</span> },
      {
        key: "goods",
        title: t("goods"),
        always: true,
        width: "minmax(280px, 3fr)",
        render: (one) => <Goods sku={one.sku} title={one.title} />,
      },
      ...(found.kind === "count"
        ? [
            {
              key: "counted",
              title: t("counted"),
              align: "end" as const,
              width: "120px",
              render: (one: PaperLineRow) =>
                one.counted === null || one.counted === undefined ? null : <Quantity count={one.counted} />,
            },
          ]
        : []),
      {
        key: "change",
        title: t("change"),
        align: "end",
        width: "120px",
        render: (one) => <Signed count={one.change} tone />,
      },
    ],
    [t, found.kind],
  )
  return (
    <RecordPage
      title={`${t(`kinds.${found.kind}`)} ${found.reference || ""}`.trim()}
      back={{ to: "/stock/papers", label: t("papers") }}
      lead={
        <>
          {exactText(found.at)} · {found.actor}
        </>
      }
      actions={
        // A paper's entry has the paper's own id; one that changed nothing has none.
        found.more || found.less ? (
          <Go to={`/ledger/entries/${found.id.replace(/^pap_/, "ent_")}`}>{t("openLedger")}</Go>
        ) : null
      }
    >
      <Section title={t("paper")}>
        <Facts
          facts={[
            [t("location"), `${found.location_name} · ${found.location}`],
            [t("owner"), found.owner],
            [t("reason"), t.maybe(`reasons.${found.reason}`)],
            [t("more"), found.more ? `+${countText(found.more)}` : null],
            [t("less"), found.less ? countText(-found.less) : null],
          ]}
        />
      </Section>
      <Section title={t("linesCount", { count: found.lines })}>
        <ListPage
          embedded
          name="stock.paper"
          title={t("lines")}
          path="/v1/stock/papers/{paper_id}/lines"
          fixed={{ path: { paper_id: found.id } }}
          row={(one) => String(one.line_no)}
          columns={columns}
          open={(one) => `/stock/skus/${encodeURIComponent(one.sku)}`}
          empty={{ title: t("linesNone") }}
        />
      </Section>
    </RecordPage>
  )
}
