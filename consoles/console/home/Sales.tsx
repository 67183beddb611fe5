/** How trade goes: four figures, each a choice of what the charts show; days, hours, channels and stores, each the way to its orders. */

import { LeftOutlined, RightOutlined } from "@ant-design/icons"
import { api } from "@kit/api/client"
import type { CurrencySales, PlaceSales, SalesView, SalesFigures as Sold } from "@kit/api/schema.gen"
import { ChartCard, Delta } from "@kit/chart"
import { amountText, countText, minorDigits, moneyText } from "@kit/format"
import { useSearchState } from "@kit/list"
import { Go, useGo } from "@kit/shell/go"
import { Answer, Empty } from "@kit/states"
import { type Locale, useLocale, useWords } from "@kit/words"
import { keepPreviousData } from "@tanstack/react-query"
import { Button, DatePicker, Segmented, Select, Space } from "antd"
import dayjs from "dayjs"
import { useMemo } from "react"
import { asked, BY_TODAY, endingOn, LATEST, presetOf, shifted, USUAL } from "./period"
import { words } from "./words"

const METRICS = ["sales", "orders", "average", "units"] as const
type Metric = (typeof METRICS)[number]

export function Sales() {
  const t = useWords(words)
  const [search, change] = useSearchState()
  const query = { ...asked(search, dayjs()), channel: search.channel }
  const told = api.useQuery("get", "/v1/home/sales", { params: { query } }, { placeholderData: keepPreviousData })
  return (
    <section aria-labelledby="home-sales" className={told.isPlaceholderData ? "home-sales old" : "home-sales"}>
      <Controls sales={told.data} />
      <Answer of={told} rows={10}>
        {(sales) => {
          const chosen = sales.currencies.find((one) => one.currency === search.currency) ?? sales.currencies[0]
          if (chosen && (chosen.now.orders || chosen.earlier.orders)) return <Told sales={sales} of={chosen} />
          return (
            <Empty
              title={sales.last_day_sold ? t("none") : t("noneYet")}
              body={sales.last_day_sold ? t("noneBody", { day: sales.last_day_sold }) : t("noneYetBody")}
              action={
                sales.last_day_sold ? (
                  <Button onClick={() => change({ period: undefined, first: undefined, last: undefined })}>
                    {t("showLatest")}
                  </Button>
                ) : undefined
              }
            />
          )
        }}
      </Answer>
    </section>
  )
}

function Controls({ sales }: { sales: SalesView | undefined }) {
  const t = useWords(words)
  const now = useLocale()
  const [search, change] = useSearchState()
  const channels = api.useQuery("get", "/v1/channels", {}, { staleTime: 300_000, retry: false })
  const preset = presetOf(search)
  const choice = (one: (typeof LATEST)[number] | (typeof BY_TODAY)[number]) => ({
    value: one as string,
    label: t(`preset.${one}`),
  })
  const own = (first: string, last: string) => change({ first, last, period: undefined })
  return (
    <header className="home-controls">
      <div>
        <h2 id="home-sales" className="home-h2">
          {t("sales")}
        </h2>
        {sales ? (
          <p className="muted">
            {t("lead", {
              period: daysText(sales.first, sales.last, now),
              earlier: daysText(sales.earlier_first, sales.earlier_last, now),
            })}
          </p>
        ) : null}
      </div>
      <span className="spring" />
      {sales && sales.currencies.length > 1 ? (
        <Segmented
          aria-label={t("currency")}
          options={sales.currencies.map((one) => one.currency)}
          value={search.currency ?? sales.currencies[0]?.currency}
          onChange={(currency) => change({ currency })}
        />
      ) : null}
      {(channels.data?.items.length ?? 0) > 1 ? (
        <Select
          aria-label={t("channel")}
          className="home-channel"
          value={search.channel ?? ""}
          onChange={(channel) => change({ channel })}
          options={[
            { value: "", label: t("everyChannel") },
            ...(channels.data?.items ?? []).map((one) => ({ value: one.code, label: one.name })),
          ]}
        />
      ) : null}
      <Select
        aria-label={t("period")}
        className="home-period"
        value={preset ?? "own"}
        popupMatchSelectWidth={false}
        onChange={(period) =>
          change({ period: period === USUAL ? undefined : period, first: undefined, last: undefined })
        }
        options={[
          ...(preset ? [] : [{ value: "own", label: t("ownDays") }]),
          { label: t("toLatest"), options: LATEST.map(choice) },
          { label: t("toToday"), options: BY_TODAY.map(choice) },
        ]}
      />
      <Space.Compact>
        <Button
          icon={<LeftOutlined />}
          aria-label={t("earlierPeriod")}
          title={t("earlierPeriod")}
          disabled={!sales}
          onClick={() => sales && own(...pair(shifted(sales.first, sales.last, -1)))}
        />
        <DatePicker.RangePicker
          className="home-days"
          allowClear={false}
          value={sales ? [dayjs(sales.first), dayjs(sales.last)] : null}
          disabledDate={(day, { from }) => (from ? Math.abs(day.diff(from, "day")) > 365 : false)}
          onChange={(days) => days?.[0] && days[1] && own(days[0].format("YYYY-MM-DD"), days[1].format("YYYY-MM-DD"))}
        />
        <Button
          icon={<RightOutlined />}
          aria-label={t("laterPeriod")}
          title={t("laterPeriod")}
          disabled={!sales}
          onClick={() => sales && own(...pair(shifted(sales.first, sales.last, 1)))}
        />
      </Space.Compact>
    </header>
  )
}

function Told({ sales, of }: { sales: SalesView; of: CurrencySales }) {
  const t = useWords(words)
  const now = useLocale()
  const go = useGo()
  const [search, change] = useSearchState()
  const metric = METRICS.find((one) => one === search.show) ?? "sales"
  const drawn = useMemo(() => writing(metric, of.currency, now), [metric, of.currency, now])
  const named = t(`metric.${metric}`)
  const single = of.days.length === 1 ? of.days[0] : undefined

  const days = useMemo(
    () => ({
      by: t("day"),
      labels: of.days.map((one) => dayLabel(one.day, now)),
      series: [
        { name: t("now"), values: of.days.map((one) => value(one.now, metric)) },
        { name: t("earlier"), values: of.days.map((one) => value(one.earlier, metric)), faded: true },
      ],
    }),
    [of, metric, t, now],
  )
  const hours = useMemo(
    () => ({
      by: t("hour"),
      labels: of.hours.map((one) => `${String(one.hour).padStart(2, "0")}:00`),
      series: [
        { name: t("now"), values: of.hours.map((one) => value(one.now, metric)) },
        { name: t("earlier"), values: of.hours.map((one) => value(one.earlier, metric)), faded: true },
      ],
    }),
    [of, metric, t],
  )

  function orders(begins: string, ends: string, more: Record<string, string> = {}) {
    const channel: Record<string, string> = search.channel ? { channel: search.channel } : {}
    return `/orders?${new URLSearchParams({ placed_from: begins, placed_to: ends, ...channel, ...more })}`
  }
  const pickDay = (at: number) => {
    const day = of.days[at]
    if (day) go(orders(day.begins, day.ends))
  }
  const pickHour = single
    ? (hour: number) => {
        const begins = dayjs(single.begins).add(hour, "hour")
        go(orders(begins.toISOString(), begins.add(1, "hour").toISOString()))
      }
    : undefined

  return (
    <>
      <div className="home-figures" role="radiogroup" aria-label={t("chosen")}>
        {METRICS.map((one) => (
          <Figure
            key={one}
            name={t(`metric.${one}`)}
            value={writing(one, of.currency, now).say(of.now[one])}
            before={t("before", { value: writing(one, of.currency, now).say(of.earlier[one]) })}
            now={of.now[one]}
            earlier={of.earlier[one]}
            chosen={one === metric}
            choose={() => change({ show: one === "sales" ? undefined : one }, true)}
          />
        ))}
      </div>
      {of.earlier.orders === 0 && sales.sold_before ? (
        <p className="home-older">
          {t("soldBefore", { day: dayText(sales.sold_before, now) })}{" "}
          <button
            type="button"
            className="as-link"
            onClick={() => change({ ...endingOn(sales.sold_before as string), period: undefined })}
          >
            {t("showBefore")}
          </button>
        </p>
      ) : null}
      <div className="home-charts">
        <div className="home-column">
          <ChartCard
            title={t("byDay", { metric: named })}
            lead={t("openHint")}
            kind="line"
            figures={days}
            {...drawn}
            onPick={pickDay}
            pickLabel={t("openDay")}
            height={280}
          />
          <ChartCard
            title={t("byHour", { metric: named })}
            lead={`${t("hourHint", { zone: of.time_zone })} ${pickHour ? t("hourPick") : ""}`}
            kind="bar"
            figures={hours}
            {...drawn}
            onPick={pickHour}
            height={260}
          />
        </div>
        <div className="home-column">
          <Ranked
            title={t("byChannel")}
            places={of.channels}
            metric={metric}
            say={drawn.say}
            to={(one) => orders(of.begins, of.ends, { channel: one.code })}
          />
          {of.stores.length ? (
            <Ranked
              title={t("byStore")}
              places={of.stores}
              metric={metric}
              say={drawn.say}
              to={(one) => orders(of.begins, of.ends, { store: one.code })}
            />
          ) : null}
        </div>
      </div>
      <p className="home-about muted">
        {t("about")}{" "}
        {sales.last_day_sold && sales.last_day_sold > sales.last ? t("noneBody", { day: sales.last_day_sold }) : null}
      </p>
    </>
  )
}

function Figure(props: {
  name: string
  value: string
  before: string
  now: number
  earlier: number
  chosen: boolean
  choose: () => void
}) {
  const t = useWords(words)
  return (
    <button type="button" role="radio" aria-checked={props.chosen} className="home-figure" onClick={props.choose}>
      <span className="home-figure-name">{props.name}</span>
      <span className="home-figure-value num">{props.value}</span>
      <span className="home-figure-before">
        <Delta now={props.now} before={props.earlier} none={t("noBefore")} />
        {props.earlier ? <span className="muted num">{props.before}</span> : null}
      </span>
    </button>
  )
}

/** Places beside each other: a bar says it at a glance, the figures exactly; every name leads to its orders. */
function Ranked(props: {
  title: string
  places: readonly PlaceSales[]
  metric: Metric
  say: (value: number) => string
  to: (place: PlaceSales) => string
}) {
  const t = useWords(words)
  const { places, metric, say, to } = props
  const most = Math.max(1, ...places.map((one) => one.now[metric]))
  const sorted = [...places].sort((a, b) => b.now[metric] - a.now[metric])
  return (
    <section className="chart-card home-ranked">
      <header>
        <h2>{props.title}</h2>
      </header>
      {places.length ? (
        <table>
          <thead className="sr-only">
            <tr>
              <th scope="col">{t("place")}</th>
              <th scope="col">{t("now")}</th>
              <th scope="col">{t("change")}</th>
            </tr>
          </thead>
          <tbody>
            {sorted.map((one) => (
              <tr key={one.code}>
                <th scope="row">
                  <Go to={to(one)} title={one.code} className="home-place">
                    {one.name}
                  </Go>
                  <i style={{ width: `${(100 * Math.max(0, one.now[metric])) / most}%` }} aria-hidden="true" />
                </th>
                <td className="num">{say(one.now[metric])}</td>
                <td>
                  <Delta now={one.now[metric]} before={one.earlier[metric]} none="–" />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <p className="muted">–</p>
      )}
    </section>
  )
}

/** Where nothing was sold there is no average, which is not an average of nothing. */
function value(sold: Sold, metric: Metric): number | null {
  return metric === "average" && sold.orders === 0 ? null : sold[metric]
}

/** How a metric is said, marked on an axis, and written into a file. */
function writing(metric: Metric, currency: string, locale: Locale) {
  const compact = new Intl.NumberFormat(locale === "zh" ? "zh-CN" : "en", {
    notation: "compact",
    maximumFractionDigits: 1,
  })
  if (metric === "orders" || metric === "units")
    return { say: countText, short: (value: number) => compact.format(value), write: String, whole: true }
  const digits = minorDigits(currency)
  return {
    whole: false,
    say: (value: number) => moneyText(value, currency),
    short: (value: number) => compact.format(value / 10 ** digits),
    write: (value: number) => amountText(value, currency).replaceAll(",", "").replace("\u2212", "-"),
  }
}

function dayLabel(day: string, locale: string): string {
  const options = { month: "short", day: "numeric", timeZone: "UTC" } as const
  return new Intl.DateTimeFormat(locale === "zh" ? "zh-CN" : "en-GB", options).format(new Date(`${day}T00:00:00Z`))
}

function dayText(day: string, locale: Locale): string {
  const month = locale === "zh" ? "long" : "short"
  const options = { year: "numeric", month, day: "numeric", timeZone: "UTC" } as const
  return new Intl.DateTimeFormat(locale === "zh" ? "zh-CN" : "en-GB", options).format(new Date(`${day}T00:00:00Z`))
}

function daysText(first: string, last: string, locale: Locale): string {
  return first === last ? dayText(first, locale) : `${dayText(first, locale)} – ${dayText(last, locale)}`
}

function pair({ first, last }: { first: string; last: string }): [string, string] {
  return [first, last]
}
