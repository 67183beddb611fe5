/** One act on many products: what it would do is shown before it is done, what it did can be undone where that is possible. */

import { fetcher, problemOf } from "@kit/api/client"
import { Status } from "@kit/record"
import { Refused, Waiting } from "@kit/states"
import { useWords } from "@kit/words"
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button, Modal, Select, TreeSelect } from "antd"
import { useState } from "react"
import { choices, useBrands, useCategories } from "./catalog"
import type { Act } from "./said"
import { words } from "./words"

export interface BulkOn {
  act: Act
  products?: string[]
  filter?: Record<string, string | undefined>
}

interface Wish {
  act: Act
  to?: string
  products?: { code: string; to?: string }[]
  filter?: Record<string, string | undefined>
  dry_run?: boolean
}

async function ask(wish: Wish) {
  const { data, error } = await fetcher.POST("/v1/products/bulk", { body: wish as never })
  if (error !== undefined) throw error
  return data
}

type Done = Awaited<ReturnType<typeof ask>>
type Row = Done["rows"][number]
const FILED = new Set<Act>(["set_category", "set_brand"])
/** The act that brings a product back to the state it was in; some ways are one-way. */
const BACK: Partial<Record<Act, Partial<Record<string, Act>>>> = {
  retire: { published: "publish", draft: "revise" },
  submit: { draft: "revise" },
  publish: { retired: "retire" },
  revise: { audit: "submit", retired: "retire" },
}

/** The wishes that undo what was done, one for each act it takes. */
export function undoing(act: Act, rows: readonly Row[]): Wish[] {
  const changed = rows.filter((row) => row.outcome === "changed")
  if (FILED.has(act))
    return changed.length ? [{ act, products: changed.map((row) => ({ code: row.product, to: row.before })) }] : []
  const byAct = new Map<Act, string[]>()
  for (const row of changed) {
    const back = BACK[act]?.[row.before]
    if (back) byAct.set(back, [...(byAct.get(back) ?? []), row.product])
  }
  return [...byAct].map(([back, codes]) => ({ act: back, products: codes.map((code) => ({ code })) }))
}

export function BulkDialog({ on, close }: { on: BulkOn; close: () => void }) {
  const t = useWords(words)
  const client = useQueryClient()
  const { message, notification } = App.useApp()
  const [to, setTo] = useState<string>()
  const [busy, setBusy] = useState(false)
  const [done, setDone] = useState<Done>()
  const filed = FILED.has(on.act)
  const wish: Wish = {
    act: on.act,
    ...(filed ? { to } : {}),
    ...(on.products ? { products: on.products.map((code) => ({ code })) } : { filter: on.filter ?? {} }),
  }
  const ready = !filed || to !== undefined
  const trial = useQuery({
    queryKey: ["bulk trial", wish],
    queryFn: () => ask({ ...wish, dry_run: true }),
    enabled: ready && !done,
    staleTime: 0,
    gcTime: 0,
    retry: false,
  })
  const told = done ?? trial.data

  async function run(wishes: Wish[]): Promise<Done | undefined> {
    setBusy(true)
    try {
      let last: Done | undefined
      for (const one of wishes) last = await ask(one)
      await client.invalidateQueries()
      return last
    } catch (thrown) {
      const problem = problemOf(thrown)
      if (!problem) throw thrown
      notification.error({ title: problem.title, description: problem.detail })
    } finally {
      setBusy(false)
    }
    return undefined
  }

  const undo = done ? undoing(on.act, done.rows) : []
  return (
    <Modal
      open
      onCancel={close}
      title={on.products ? t("bulkTitle", { count: on.products.length }) : t("bulkAll")}
      footer={
        done
          ? [
              undo.length ? (
                <Button
                  key="undo"
                  loading={busy}
                  onClick={async () => {
                    await run(undo)
                    message.success(t("undone"))
                    close()
                  }}
                >
                  {t("undo")}
                </Button>
              ) : null,
              <Button key="close" type="primary" onClick={close}>
                {t("close")}
              </Button>,
            ]
          : [
              <Button key="cancel" onClick={close}>
                {t("cancel")}
              </Button>,
              <Button
                key="do"
                type="primary"
                danger={on.act === "retire"}
                disabled={!trial.data?.changed}
                loading={busy}
                onClick={async () => setDone(await run([wish]))}
              >
                {trial.data ? t(`actCount.${on.act}`, { count: trial.data.changed }) : t(`act.${on.act}`)}
              </Button>,
            ]
      }
    >
      {filed && !done ? <Target act={on.act} value={to} choose={setTo} /> : null}
      {trial.isError && !done ? (
        <Refused error={trial.error} />
      ) : told ? (
        <Outcome told={told} act={on.act} done={Boolean(done)} />
      ) : ready ? (
        <div className="muted">
          {t("looking")}
          <Waiting rows={2} />
        </div>
      ) : null}
    </Modal>
  )
}

function Target(props: { act: Act; value: string | undefined; choose: (to: string) => void }) {
  const t = useWords(words)
  const { tree } = useCategories()
  const brands = useBrands()
  const none = { value: "", label: t("nothing") }
  return props.act === "set_category" ? (
    <TreeSelect
      autoFocus
      aria-label={t("category")}
      placeholder={t("category")}
      style={{ width: "100%" }}
      value={props.value}
      treeData={[{ value: "", title: t("nothing"), children: [] }, ...tree]}
      showSearch={{ treeNodeFilterProp: "title" }}
      onChange={props.choose}
    />
  ) : (
    <Select
      autoFocus
      aria-label={t("brand")}
      placeholder={t("brand")}
      style={{ width: "100%" }}
      value={props.value}
      options={[none, ...choices(brands)]}
      showSearch={{ optionFilterProp: "label" }}
      onChange={props.choose}
    />
  )
}

function Outcome({ told, act, done }: { told: Done; act: Act; done: boolean }) {
  const t = useWords(words)
  const refused = told.rows.filter((row) => row.outcome === "refused")
  return (
    <div className="bulk" aria-live="polite">
      <p className="bulk-counts">
        <Status tone={done ? "good" : "busy"}>
          {t(done ? "didChange" : "wouldChange", { count: told.changed })} · {t(`act.${act}`)}
        </Status>
        {told.unchanged ? <Status tone="quiet">{t("wouldStay", { count: told.unchanged })}</Status> : null}
        {told.refused ? (
          <Status tone="bad">{t(done ? "didRefuse" : "wouldRefuse", { count: told.refused })}</Status>
        ) : null}
      </p>
      {refused.length ? (
        <ul className="bulk-refused">
          {refused.slice(0, 8).map((row) => (
            <li key={row.product}>
              <span className="mono">{row.product}</span> <span className="muted">{row.detail}</span>
            </li>
          ))}
          {refused.length > 8 ? <li className="muted">{t("moreRefused", { count: refused.length - 8 })}</li> : null}
        </ul>
      ) : null}
    </div>
  )
}
