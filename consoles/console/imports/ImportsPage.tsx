/** Files handed in, and the place to hand in the next. */

import { DownloadOutlined, FileExcelOutlined } from "@ant-design/icons"
import { api } from "@kit/api/client"
import { Quantity, Time } from "@kit/format"
import { ListPage, useSearchState } from "@kit/list"
import type { Column } from "@kit/list/Grid"
import { useTitle } from "@kit/record"
import { useSession } from "@kit/session"
import { useWords } from "@kit/words"
import { Button } from "antd"
import "./imports.css"
import { useExport } from "@kit/list/export"
import { Drop } from "./Drop"
import { Counts, SheetState } from "./said"
import { KINDS, type Kind, type Sheet, template } from "./sheets"
import { words } from "./words"

export default function ImportsPage() {
  const t = useWords(words)
  const [search, change] = useSearchState()
  const { may } = useSession()
  const kinds = api.useQuery("get", "/v1/imports/kinds", {}, { staleTime: Number.POSITIVE_INFINITY })
  const kind: Kind = KINDS.find((one) => one === search.kind) ?? "products"
  const offered = KINDS.filter((one) =>
    (kinds.data?.find((known) => known.name === one)?.scopes ?? ["catalog:write"]).every((scope) => may(scope)),
  )
  const chosen = kinds.data?.find((known) => known.name === kind)
  const exporting = useExport()
  useTitle(t("title"))

  const columns: Column<Sheet>[] = [
    {
      key: "file",
      title: t("file"),
      always: true,
      width: "minmax(200px, 2fr)",
      render: (one) => (
        <span className="cut" title={one.name}>
          <FileExcelOutlined className="muted" aria-hidden="true" /> {one.name}
        </span>
      ),
    },
    { key: "kind", title: t("of"), width: "120px", render: (one) => t.maybe(`kind.${one.kind}`) },
    { key: "state", title: t("state"), width: "140px", render: (one) => <SheetState sheet={one} /> },
    { key: "rows", title: t("rows"), width: "90px", align: "end", render: (one) => <Quantity count={one.rows} /> },
    { key: "result", title: t("result"), width: "minmax(220px, 2fr)", render: (one) => <Counts of={one} /> },
    { key: "uploaded", title: t("uploaded"), width: "150px", render: (one) => <Time at={one.uploaded_at} /> },
  ]

  return (
    <ListPage
      name="imports"
      title={t("title")}
      path="/v1/imports"
      row={(one) => one.id}
      open={(one) => `/imports/${one.id}`}
      columns={columns}
      above={
        <div className="hand-in">
          <fieldset className="kinds">
            <legend>{t("what")}</legend>
            {offered.map((one) => (
              <label key={one} className={one === kind ? "kind-card chosen" : "kind-card"}>
                <input type="radio" name="kind" checked={one === kind} onChange={() => change({ kind: one })} />
                <strong>{t(`kind.${one}`)}</strong>
                <span className="muted">{t(`kindBody.${one}`)}</span>
              </label>
            ))}
            <span className="kind-files">
              <Button
                type="link"
                size="small"
                icon={<DownloadOutlined />}
                disabled={!chosen}
                onClick={() => chosen && template(chosen)}
              >
                {t("template")}
              </Button>
              {kind === "stock" ? null : (
                <Button
                  type="link"
                  size="small"
                  icon={<DownloadOutlined />}
                  loading={exporting.busy}
                  onClick={() => void exporting.fetchAs(kind, "xlsx", {})}
                >
                  {t("current")}
                </Button>
              )}
            </span>
          </fieldset>
          <Drop kind={kind} />
        </div>
      }
      empty={{ title: t("none"), body: t("noneBody") }}
    />
  )
}
