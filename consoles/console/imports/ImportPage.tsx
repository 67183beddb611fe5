/** One import, from the meaning of its columns to the rows that came back. */

import { DownloadOutlined, PlayCircleOutlined } from "@ant-design/icons"
import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import { Time } from "@kit/format"
import { RecordPage, Section } from "@kit/record"
import { Go } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer, Refused, Waiting } from "@kit/states"
import { useTasks } from "@kit/tasks"
import { useWords } from "@kit/words"
import { keepPreviousData, useQueryClient } from "@tanstack/react-query"
import { Alert, App, Button, Popconfirm, Progress, Segmented } from "antd"
import { useEffect, useMemo, useState } from "react"
import "./imports.css"
import { Drop } from "./Drop"
import { Mapping } from "./Mapping"
import { PreviewTable } from "./PreviewTable"
import { Counts, SheetState } from "./said"
import { follow, type Kind, type KindOf, mapped, missing, type Sheet, takeBack } from "./sheets"
import { words } from "./words"

const STALLED_MS = 90_000

export default function ImportPage() {
  const id = usePlace("import")
  const sheet = api.useQuery(
    "get",
    "/v1/imports/{import_id}",
    { params: { path: { import_id: id } } },
    { refetchInterval: ({ state }) => (state.data?.state === "running" ? 1_000 : false) },
  )
  const kinds = api.useQuery("get", "/v1/imports/kinds", {}, { staleTime: Number.POSITIVE_INFINITY })
  return (
    <Answer of={sheet}>
      {(found) => (
        <Answer of={kinds}>
          {(all) => {
            const kind = all.find((one) => one.name === found.kind)
            return kind ? <ImportShown key={found.id} sheet={found} kind={kind} /> : <Waiting />
          }}
        </Answer>
      )}
    </Answer>
  )
}

function ImportShown({ sheet, kind }: { sheet: Sheet; kind: KindOf }) {
  const t = useWords(words)
  useFollowed(sheet)
  const path = { import_id: sheet.id }
  const cancel = useAct(
    (key) =>
      send(fetcher.POST("/v1/imports/{import_id}/cancel", { params: { path, header: { "Idempotency-Key": key } } })),
    { refresh: ["/v1/imports"] },
  )
  const under = sheet.state === "uploaded" || sheet.state === "running"
  return (
    <RecordPage
      title={sheet.name}
      back={{ to: "/imports", label: t("back") }}
      status={<SheetState sheet={sheet} />}
      lead={
        <>
          {t.maybe(`kind.${sheet.kind}`)} · {t("rows")} {sheet.rows.toLocaleString()} · <Time at={sheet.uploaded_at} />
        </>
      }
      actions={
        under ? (
          <Popconfirm
            title={t("stop")}
            description={t("stopBody")}
            okText={t("cancel")}
            okButtonProps={{ danger: true }}
            onConfirm={() => cancel.mutate(undefined)}
          >
            <Button loading={cancel.isPending}>{t("cancel")}</Button>
          </Popconfirm>
        ) : (
          <Go to={`/imports?kind=${sheet.kind}`} className="button-link">
            {t("another")}
          </Go>
        )
      }
    >
      {sheet.state === "uploaded" ? <Prepare sheet={sheet} kind={kind} /> : <Run sheet={sheet} kind={kind} />}
    </RecordPage>
  )
}

/** Keeps the task drawer told, also when this page is left. */
function useFollowed(sheet: Sheet) {
  const t = useWords(words)
  const { tell } = useTasks()
  const client = useQueryClient()
  const running = sheet.state === "running"
  useEffect(() => {
    if (!running) return
    void follow(sheet.id, (now) => {
      tell({
        key: now.id,
        title: now.name,
        state: now.state === "running" ? "running" : now.state === "done" ? "done" : "failed",
        done: now.done,
        of: now.rows,
        note:
          now.state === "running"
            ? t("running", { done: now.done, of: now.rows })
            : now.state === "done"
              ? t("taskDone", { good: now.done - now.refused, bad: now.refused })
              : t("taskFailed"),
        action: <Go to={`/imports/${now.id}`}>{t("watch")}</Go>,
      })
      if (now.state !== "running") void client.invalidateQueries()
    })
  }, [running, sheet.id, tell, client, t])
}

function Prepare({ sheet, kind }: { sheet: Sheet; kind: KindOf }) {
  const t = useWords(words)
  const [mapping, map] = useState<string[]>([...sheet.mapping])
  const [defaults, setDefaults] = useState<Record<string, string>>({
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  })
  const [only, show] = useState<"all" | "problems">("all")
  const given = useMemo(
    () => Object.fromEntries(Object.entries(defaults).filter(([name, value]) => value && !mapping.includes(name))),
    [defaults, mapping],
  )
  const lacking = missing(kind, mapping, given)
  const body = { mapping, defaults: given }
  const path = { import_id: sheet.id }
  const preview = api.useQuery(
    "post",
    "/v1/imports/{import_id}/preview",
    { params: { path }, body },
    { placeholderData: keepPreviousData, staleTime: 0, refetchOnWindowFocus: false },
  )
  const start = useAct(
    (key) =>
      send(
        fetcher.POST("/v1/imports/{import_id}/start", { params: { path, header: { "Idempotency-Key": key } }, body }),
      ),
    { refresh: ["/v1/imports"] },
  )
  const tried = preview.data
  return (
    <>
      <Section title={t("mapping")}>
        <p className="muted prose">{t("mappingBody")}</p>
        <Mapping
          sheet={sheet}
          kind={kind}
          mapping={mapping}
          samples={tried?.items.slice(0, 3).map((row) => row.cells) ?? []}
          onMap={(column, meaning) => map(mapped(mapping, column, meaning))}
          missing={missing(kind, mapping, {})}
          defaults={defaults}
          onDefault={(field, value) => setDefaults({ ...defaults, [field]: value })}
        />
      </Section>
      <Section
        title={t("preview")}
        extra={
          tried ? (
            <Segmented
              size="small"
              value={only}
              onChange={show}
              options={[
                { value: "all", label: t("all") },
                { value: "problems", label: `${t("onlyProblems")} · ${tried.refused.toLocaleString()}` },
              ]}
            />
          ) : null
        }
      >
        {preview.isError ? (
          <Refused error={preview.error} retry={() => preview.refetch()} />
        ) : tried ? (
          <div
            className={preview.isPlaceholderData || preview.isFetching ? "preview stale" : "preview"}
            aria-busy={preview.isFetching}
          >
            <p className="preview-line" aria-live="polite">
              <Counts of={tried} />
              <span className="muted">
                {preview.isFetching
                  ? t("trying")
                  : tried.checked < tried.rows
                    ? t("checked", { checked: tried.checked, rows: tried.rows })
                    : t("previewBody")}
              </span>
            </p>
            <PreviewTable
              kind={kind}
              rows={only === "all" ? tried.items : tried.problems}
              mapping={mapping}
              none={t("noProblems")}
            />
          </div>
        ) : (
          <Waiting rows={4} />
        )}
      </Section>
      <div className="act-bar">
        <Button
          type="primary"
          size="large"
          icon={<PlayCircleOutlined />}
          disabled={lacking.length > 0 || preview.isFetching}
          loading={start.isPending}
          onClick={() => start.mutate(undefined)}
        >
          {t("start", { count: tried && tried.checked === tried.rows ? tried.rows - tried.refused : sheet.rows })}
        </Button>
        {tried && tried.refused > 0 ? (
          <Counts of={{ created: 0, changed: 0, unchanged: 0, refused: tried.refused }} />
        ) : null}
      </div>
    </>
  )
}

function Run({ sheet, kind }: { sheet: Sheet; kind: KindOf }) {
  const t = useWords(words)
  const good = sheet.done - sheet.refused
  const percent = Math.floor((sheet.done * 100) / Math.max(sheet.rows, 1))
  const stalled = sheet.state === "running" && sheet.beat_at && Date.now() - Date.parse(sheet.beat_at) > STALLED_MS
  const said =
    sheet.state === "running"
      ? t("running", { done: sheet.done, of: sheet.rows })
      : sheet.state === "canceled"
        ? t("wasCanceled", { done: sheet.done, of: sheet.rows })
        : sheet.refused
          ? t("finishedSome", { good, bad: sheet.refused })
          : t("finishedGood", { count: good })
  return (
    <>
      <div className="run" aria-live="polite">
        <h2>{said}</h2>
        {sheet.state === "running" ? <Progress percent={percent} status="active" /> : null}
        <Counts of={sheet} />
        {sheet.state === "running" && sheet.beat_at ? (
          <span className="muted">
            {t("beat")} <Time at={sheet.beat_at} />
          </span>
        ) : null}
        {stalled ? <Alert type="warning" showIcon title={t("stalled")} /> : null}
        {sheet.state === "done" && sheet.kind === "products" && good > 0 ? (
          <Go to="/products?sort=changed">{t("seeProducts")}</Go>
        ) : null}
      </div>
      {sheet.refused ? <Returned sheet={sheet} kind={kind} /> : null}
    </>
  )
}

function Returned({ sheet, kind }: { sheet: Sheet; kind: KindOf }) {
  const t = useWords(words)
  const { notification } = App.useApp()
  const [busy, setBusy] = useState(false)
  const rows = api.useQuery("get", "/v1/imports/{import_id}/refused", {
    params: { path: { import_id: sheet.id }, query: { limit: 100 } },
  })
  // More come back while the work goes on.
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again when there are more of them
  useEffect(() => void rows.refetch(), [sheet.refused])
  async function fetchBack() {
    setBusy(true)
    try {
      await takeBack(sheet)
    } catch (thrown) {
      notification.error({ title: String((thrown as { title?: string }).title ?? "") })
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      {sheet.state === "running" ? null : (
        <div className="mend">
          <Button type="primary" icon={<DownloadOutlined />} loading={busy} onClick={() => void fetchBack()}>
            {t("download", { count: sheet.refused })}
          </Button>
          <p className="muted prose">{t("mend")}</p>
          <Drop kind={sheet.kind as Kind} hint={t("again")} small />
        </div>
      )}
      <Section title={t("mistakes")}>
        <Answer of={rows}>
          {(page) => (
            <div className="sheet-scroll">
              <table className="plain sheet">
                <thead>
                  <tr>
                    <th scope="col" className="num">
                      {t("row")}
                    </th>
                    <th scope="col">{t("field")}</th>
                    <th scope="col">{t("value")}</th>
                    <th scope="col">{t("problem")}</th>
                    <th scope="col">{t("fix")}</th>
                  </tr>
                </thead>
                <tbody>
                  {page.items.map((one) => (
                    <tr key={one.row}>
                      <td className="num">{one.row}</td>
                      <td>
                        {kind.fields.find((field) => field.name === one.problem.field)?.title ?? one.problem.field}
                      </td>
                      <td className="mono bad-cell">{one.cells[sheet.mapping.indexOf(one.problem.field)] ?? ""}</td>
                      <td>{one.problem.title}</td>
                      <td className="muted">{one.problem.fix}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </Answer>
      </Section>
    </>
  )
}
