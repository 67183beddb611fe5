/** How the house is doing: what is late, what is dead, what waits for a person. Every figure opens the list behind it. */

import { api } from "@kit/api/client"
import type { StatusView } from "@kit/api/schema.gen"
import { countText, exactText, Time } from "@kit/format"
import { RecordPage, Section, Status } from "@kit/record"
import { useSession } from "@kit/session"
import { Go, useGo } from "@kit/shell/go"
import { Answer } from "@kit/states"
import { useWords } from "@kit/words"
import { Button } from "antd"
import "./health.css"
import { words } from "./words"

const REFRESH_MS = 5_000
const OPENS = {
  orders_overdue: "/orders?status=placed",
  shortages_open: "/stock/shortages",
  refunds_failed: "/payments",
  notices_rejected: "/payments",
} as const

export function toneOf(state: string): "good" | "busy" | "warn" | "bad" | "quiet" {
  if (state === "dead") return "bad"
  if (state === "retrying") return "warn"
  if (state === "running") return "busy"
  return state === "due" ? "good" : "quiet"
}

export default function HealthPage() {
  const t = useWords(words)
  const go = useGo()
  const { may } = useSession()
  const status = api.useQuery("get", "/v1/status", {}, { refetchInterval: REFRESH_MS })
  return (
    <RecordPage
      title={t("health")}
      lead={t("healthLead")}
      actions={may("verify:read") ? <Button onClick={() => go("/health/verify")}>{t("openVerify")}</Button> : null}
    >
      <Answer of={status}>{(found) => <Found found={found} />}</Answer>
    </RecordPage>
  )
}

function Found({ found }: { found: StatusView }) {
  const t = useWords(words)
  const dead = found.jobs.filter((one) => one.state === "dead").reduce((sum, one) => sum + one.jobs, 0)
  const waiting = Object.values(found.to_do).reduce((sum, count) => sum + count, 0)
  const late = found.lag_s > 30
  return (
    <>
      <p className={`health-verdict ${dead || late ? "bad" : waiting ? "warn" : "good"}`} role="status">
        <Status tone={dead || late ? "bad" : waiting ? "warn" : "good"}>
          {dead
            ? t("dead", { count: dead })
            : late
              ? t("late", { seconds: found.lag_s })
              : waiting
                ? t("waits", { count: waiting })
                : t("fine")}
        </Status>
      </p>
      <dl className="health-gauges">
        <div title={t("lagHelp")}>
          <dt>{t("lag")}</dt>
          <dd className={late ? "bad" : ""}>{t("seconds", { seconds: countText(found.lag_s) })}</dd>
        </div>
        {(Object.keys(OPENS) as (keyof typeof OPENS)[]).map((name) => (
          <div key={name}>
            <dt>{t(name)}</dt>
            <dd className={found.to_do[name] ? "warn" : ""}>
              <Go to={OPENS[name]}>{countText(found.to_do[name])}</Go>
            </dd>
          </div>
        ))}
        <div>
          <dt>{t("migration")}</dt>
          <dd className="mono">{found.migration}</dd>
        </div>
      </dl>
      <Section title={t("work")} extra={<span className="muted">{t("asOf", { at: exactText(found.at) })}</span>}>
        {found.jobs.length === 0 ? (
          <p className="muted">{t("idle")}</p>
        ) : (
          <table className="health-table">
            <thead>
              <tr>
                <th scope="col">{t("kind")}</th>
                <th scope="col">{t("state")}</th>
                <th scope="col" className="end">
                  {t("count")}
                </th>
                <th scope="col">{t("oldest")}</th>
              </tr>
            </thead>
            <tbody>
              {found.jobs.map((one) => (
                <tr key={`${one.state} ${one.kind}`}>
                  <th scope="row" className="mono">
                    {one.kind}
                  </th>
                  <td>
                    <Status tone={toneOf(one.state)}>{t(`states.${one.state}`)}</Status>
                  </td>
                  <td className="end">
                    <Go to={`/health/jobs?state=${one.state}&kind=${encodeURIComponent(one.kind)}`}>
                      {countText(one.jobs)}
                    </Go>
                  </td>
                  <td>
                    <Time at={one.oldest} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Section>
    </>
  )
}
