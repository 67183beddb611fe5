/** Everything that runs or is planned, month by month, whatever its kind. */

import { LeftOutlined, RightOutlined } from "@ant-design/icons"
import { api } from "@kit/api/client"
import type { components } from "@kit/api/schema.gen"
import { useSearchState } from "@kit/list"
import { useTitle } from "@kit/record"
import { Go } from "@kit/shell/go"
import { Answer, Empty } from "@kit/states"
import { useLocale, useWords } from "@kit/words"
import { Button } from "antd"
import { kinds } from "./kinds"
import { lay, plusDays, weeksOf } from "./month"
import "./plays.css"
import { Tabs } from "./Tabs"
import { words } from "./words"

type Planned = components["schemas"]["Planned"]
const LANES = 6
const DAYS = [0, 1, 2, 3, 4, 5, 6]

export default function CalendarPage() {
  const t = useWords(words)
  const locale = useLocale()
  const [search, change] = useSearchState()
  useTitle(t("plays"))
  const today = new Date()
  const [year, month] = monthOf(search.month, today)
  const weeks = weeksOf(year, month)
  const [first] = weeks
  const last = weeks[weeks.length - 1]
  const query = {
    from: (first ?? today).toISOString(),
    to: plusDays(last ?? today, DAYS.length).toISOString(),
  }
  const asked = api.useQuery("get", "/v1/plays/calendar", { params: { query } })
  const language = locale === "zh" ? "zh-CN" : "en"
  const title = new Intl.DateTimeFormat(language, { year: "numeric", month: "long" }).format(new Date(year, month, 1))
  const weekday = new Intl.DateTimeFormat(language, { weekday: "short" })
  const go = (months: number) => {
    const to = new Date(year, month + months, 1)
    change({ month: `${to.getFullYear()}-${String(to.getMonth() + 1).padStart(2, "0")}` })
  }
  return (
    <section className="list" aria-label={t("plays")}>
      <header className="list-title">
        <h1>{t("plays")}</h1>
      </header>
      <Tabs />
      <div className="play-month">
        <div className="play-month-bar">
          <Button icon={<LeftOutlined />} aria-label={t("earlier")} onClick={() => go(-1)} />
          <h2 aria-live="polite">{title}</h2>
          <Button icon={<RightOutlined />} aria-label={t("later")} onClick={() => go(1)} />
          <Button onClick={() => change({ month: undefined })}>{t("today")}</Button>
        </div>
        <Answer of={asked}>
          {(told) => {
            const always = told.items.filter((one) => !one.begins_at && !one.ends_at)
            const timed = told.items.filter((one) => one.begins_at || one.ends_at)
            if (told.items.length === 0) return <Empty title={t("nothingYet")} body={t("nothingYetBody")} />
            return (
              <>
                {always.length ? (
                  <div className="play-standing">
                    <span className="muted">{t("always")}</span>
                    {always.map((one) => (
                      <Entry key={`${one.kind} ${one.code} ${one.version}`} of={one} />
                    ))}
                  </div>
                ) : null}
                <div className="play-week-days" aria-hidden="true">
                  {DAYS.map((index) => (
                    <span key={index}>{weekday.format(plusDays(first ?? today, index))}</span>
                  ))}
                </div>
                {weeks.map((week) => (
                  <Week key={week.getTime()} week={week} month={month} today={today} rows={timed} />
                ))}
              </>
            )
          }}
        </Answer>
      </div>
    </section>
  )
}

function Week({ week, month, today, rows }: { week: Date; month: number; today: Date; rows: Planned[] }) {
  const t = useWords(words)
  const locale = useLocale()
  const laid = lay(rows, week)
  const shown = laid.filter((one) => one.lane <= LANES)
  const lanes = Math.max(2, ...shown.map((one) => one.lane))
  const hidden = (column: number) =>
    laid.filter((one) => one.lane > LANES && one.from <= column && column <= one.to).length
  const date = new Intl.DateTimeFormat(locale === "zh" ? "zh-CN" : "en", { dateStyle: "long" })
  return (
    <div className="play-week" style={{ gridTemplateRows: `28px repeat(${lanes + 1}, 26px)` }}>
      {DAYS.map((index) => {
        const day = plusDays(week, index)
        const names = ["play-day"]
        if (day.getMonth() !== month) names.push("other")
        if (day.toDateString() === today.toDateString()) names.push("today")
        return (
          <div
            key={index}
            className={names.join(" ")}
            style={{ gridColumn: index + 1, gridRow: `1 / ${lanes + 3}` }}
            title={date.format(day)}
          >
            <b>{day.getDate()}</b>
          </div>
        )
      })}
      {shown.map(({ run, from, to, lane }) => (
        <Entry
          key={`${run.kind} ${run.code} ${run.version}`}
          of={run}
          style={{ gridColumn: `${from} / ${to + 1}`, gridRow: lane + 1 }}
        />
      ))}
      {DAYS.map((index) =>
        hidden(index + 1) ? (
          <span key={index} className="play-run more" style={{ gridColumn: index + 1, gridRow: lanes + 2 }}>
            {t("more", { count: hidden(index + 1) })}
          </span>
        ) : null,
      )}
    </div>
  )
}

function Entry({ of, style }: { of: Planned; style?: React.CSSProperties }) {
  const t = useWords(words)
  const locale = useLocale()
  const kind = kinds.find((one) => one.calendar === of.kind)
  const title = kind?.title[locale] ?? (of.kind === "promotion" ? t("promotion") : of.kind)
  const name = `${of.name} (${of.code}@${of.version})`
  const className = `play-run ${of.state}`
  const inner = (
    <>
      <em>{title}</em> {of.name}
    </>
  )
  const to = kind ? `/plays/${kind.key}/${of.code}` : `/promotions/${encodeURIComponent(of.code)}`
  return (
    <span className="play-entry" style={style}>
      <Go to={to} className={className} title={`${title}: ${name}, ${t(`state.${of.state}` as "state.draft")}`}>
        {inner}
      </Go>
    </span>
  )
}

function monthOf(given: string | undefined, today: Date): [number, number] {
  const found = /^(\d{4})-(\d{2})$/.exec(given ?? "")
  return found ? [Number(found[1]), Number(found[2]) - 1] : [today.getFullYear(), today.getMonth()]
}
