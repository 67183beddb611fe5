/** Work that is not done yet; what died gets another chance once its cause is seen to. */

import { send, useAct } from "@kit/api/act"
import { fetcher } from "@kit/api/client"
import type { JobView } from "@kit/api/schema.gen"
import { Time } from "@kit/format"
import { type Filter, ListPage } from "@kit/list"
import type { Column } from "@kit/list/Grid"
import { Status } from "@kit/record"
import { useSession } from "@kit/session"
import { useWords } from "@kit/words"
import { Button } from "antd"
import { useMemo } from "react"
import { toneOf } from "./HealthPage"
import "./health.css"
import { words } from "./words"

const STATES = ["dead", "retrying", "running", "due", "later"] as const

export default function JobsPage() {
  const t = useWords(words)
  const { may } = useSession()
  const retry = useAct(
    (key, jobs: string[]) =>
      Promise.all(
        jobs.map((job_id) =>
          send(
            fetcher.POST("/v1/jobs/{job_id}/retry", {
              params: { path: { job_id }, header: { "Idempotency-Key": `${key} ${job_id}` } },
            }),
          ),
        ),
      ),
    { said: t("retried"), refresh: ["/v1/jobs", "/v1/status"] },
  )
  const columns = useMemo<Column<JobView>[]>(
    () => [
      {
        key: "kind",
        title: t("job"),
        always: true,
        width: "minmax(180px, 1fr)",
        render: (one) => <span className="mono">{one.kind}</span>,
      },
      {
        key: "state",
        title: t("state"),
        width: "150px",
        render: (one) => <Status tone={toneOf(one.state)}>{t(`states.${one.state}`)}</Status>,
      },
      { key: "run_at", title: t("runs"), width: "150px", render: (one) => <Time at={one.run_at} /> },
      {
        key: "attempts",
        title: t("attempts"),
        align: "end",
        width: "80px",
        render: (one) => <span className="num">{one.attempts}</span>,
      },
      {
        key: "trouble",
        title: t("trouble"),
        width: "minmax(220px, 2fr)",
        render: (one) => (
          <span className="health-cut" title={one.trouble}>
            {one.trouble}
          </span>
        ),
      },
      {
        key: "facts",
        title: t("facts"),
        width: "minmax(200px, 1.5fr)",
        render: (one) => {
          const text = Object.entries(one.facts)
            .map(([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : value}`)
            .join(" · ")
          return (
            <span className="muted mono health-cut" title={text}>
              {text}
            </span>
          )
        },
      },
      {
        key: "act",
        title: "",
        width: "120px",
        align: "end",
        always: true,
        render: (one) =>
          one.state === "dead" && may("jobs:write") ? (
            <Button size="small" loading={retry.isPending} onClick={() => retry.mutate([one.id])}>
              {t("retry")}
            </Button>
          ) : null,
      },
    ],
    [t, may, retry.isPending, retry.mutate],
  )
  const filters = useMemo<Filter[]>(
    () => [
      {
        key: "state",
        title: t("state"),
        kind: "choice",
        pinned: true,
        options: STATES.map((state) => ({ value: state, label: t(`states.${state}`) })),
      },
      { key: "kind", title: t("kind"), kind: "text", pinned: true, placeholder: "payment.open" },
    ],
    [t],
  )
  return (
    <ListPage
      name="jobs"
      title={t("jobs")}
      path="/v1/jobs"
      row={(one) => one.id}
      columns={columns}
      filters={filters}
      bulk={
        may("jobs:write")
          ? [
              {
                key: "retry",
                label: (count) => t("retryMany", { count }),
                run: async (jobs) => {
                  await retry.mutateAsync(jobs.filter((job) => job.state === "dead").map((job) => job.id))
                },
              },
            ]
          : undefined
      }
      empty={{ title: t("noJobs"), body: t("noJobsBody") }}
    />
  )
}
