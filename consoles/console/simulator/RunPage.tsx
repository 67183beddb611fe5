/** What a simulation has found: the verdict first, then how it is spread, who would bear it, and the orders that change most. */

import { RightOutlined } from "@ant-design/icons"
import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import { ChartCard, type Figures } from "@kit/chart"
import { amountText, businessDayText, countText, minorDigits, moneyText, relativeText } from "@kit/format"
import { RecordPage } from "@kit/record"
import { useSession } from "@kit/session"
import { Go, useGo } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useLocale, useWords } from "@kit/words"
import { Button, Progress } from "antd"
import { Fragment, useState } from "react"
import { againAt, barText, goneText, percentText } from "./found"
import { compact, Figure, type Found, margin, net, type Run, Spans, Table } from "./parts"
import { RunState } from "./RunsPage"
import "./simulator.css"
import { words as tryWords } from "./try.words"
import { words } from "./words"

const ASK_AGAIN_MS = 1_500
const PLACES = 12

export default function RunPage() {
  const id = usePlace("simulation")
  const found = api.useQuery(
    "get",
    "/v1/simulations/{simulation_id}",
    { params: { path: { simulation_id: id } } },
    { refetchInterval: (query) => (query.state.data?.simulation.state === "running" ? ASK_AGAIN_MS : false) },
  )
  return <Answer of={found}>{(one) => <Shown found={one} />}</Answer>
}

function Shown({ found }: { found: Found }) {
  const t = useWords(words)
  const locale = useLocale()
  const { may } = useSession()
  const go = useGo()
  const run = found.simulation
  const stop = useAct(
    (key) =>
      send(
        fetcher.POST("/v1/simulations/{simulation_id}/cancel", {
          params: { path: { simulation_id: run.id }, header: { "Idempotency-Key": key } },
        }),
      ),
    { said: t("stopped"), refresh: ["/v1/simulations"] },
  )
  const written = (minor: number) => amountText(minor, run.currency).replaceAll(",", "").replace("\u2212", "-")
  return (
    <RecordPage
      title={run.name || t("unnamed")}
      back={{ to: "/simulator", label: t("title") }}
      status={<RunState run={run} />}
      lead={`${sampleText(run)} · ${t(run.basis)} · ${relativeText(run.started_at, Date.now(), locale)}`}
      actions={
        may("simulation:run") ? (
          run.state === "running" ? (
            <Button loading={stop.isPending} onClick={() => stop.mutate(undefined)}>
              {t("stop")}
            </Button>
          ) : (
            <>
              <Button onClick={() => go(`/simulator/compare?one=${run.id}`)}>{t("compare")}</Button>
              <Button onClick={() => go(againAt(run, written))}>{t("again")}</Button>
            </>
          )
        ) : null
      }
    >
      {run.state === "running" ? (
        <div className="sim-progress">
          <Progress
            percent={Math.floor((run.orders * 100) / run.wanted)}
            status="active"
            aria-label={t("progress", { done: countText(run.orders), wanted: countText(run.wanted) })}
          />
          <span className="muted">{t("progress", { done: countText(run.orders), wanted: countText(run.wanted) })}</span>
        </div>
      ) : null}
      <Verdict found={found} />
      {run.replayed ? (
        <>
          <div className="sim-charts">
            <Spread found={found} />
            <Days found={found} written={written} />
            <Uptakes found={found} />
          </div>
          <div className="sim-tables wide">
            <Movers run={run} />
            <Places found={found} />
          </div>
          <div className="sim-flow">
            <Spans
              title={t("levels")}
              of={t("level")}
              spans={found.levels}
              currency={run.currency}
              nobody={t("guests")}
            />
            <Categories found={found} />
            <Tables found={found} />
          </div>
        </>
      ) : null}
    </RecordPage>
  )

  function sampleText(of: Run): string {
    const day = (at: string) => new Date(at).toISOString().slice(0, 10)
    const { sample } = of
    return [
      t("ofSample", { count: countText(sample.orders ?? 1000), channel: sample.channel }),
      sample.stores?.length ? t("inStores", { stores: sample.stores.join(", ") }) : "",
      sample.placed_from ? t("fromDay", { day: day(sample.placed_from) }) : "",
      sample.placed_to ? t("toDay", { day: day(sample.placed_to) }) : "",
    ]
      .filter(Boolean)
      .join(" ")
  }
}

function Verdict({ found }: { found: Found }) {
  const t = useWords(words)
  const run = found.simulation
  const others = found.funders
    .filter((one) => one.name !== "seller")
    .reduce((sum, one) => sum + one.after - one.before, 0)
  const by = net(run.after) - net(run.before)
  const money = (minor: number) => moneyText(minor, run.currency)
  const amount = money(Math.abs(by))
  return (
    <>
      <section className="sim-verdict" aria-live="polite">
        <h2>{t(by > 0 ? "verdictMore" : by < 0 ? "verdictLess" : "verdictSame", { amount })}</h2>
        <p>
          {run.replayed
            ? t("verdictOf", { touched: countText(run.touched), orders: countText(run.replayed) })
            : run.state === "running"
              ? null
              : t("verdictNone")}{" "}
          {others > 0 ? t("verdictOthers", { amount: moneyText(others, run.currency) }) : null}
        </p>
      </section>
      <dl className="sim-figures">
        <Figure name={t("figNet")} before={net(run.before)} after={net(run.after)} say={money} />
        <Figure name={t("figDiscount")} before={run.before.discount} after={run.after.discount} say={money} />
        <Figure name={t("figTotal")} before={run.before.total} after={run.after.total} say={money} />
        {run.before.costed ? (
          <Figure
            name={t("figMargin")}
            before={margin(run.before)}
            after={margin(run.after)}
            say={money}
            hint={t("marginOf", { share: Math.floor(((run.before.costed ?? 0) * 100) / (net(run.before) || 1)) })}
          />
        ) : null}
        {run.before.earned || run.after.earned ? (
          <Figure
            name={t("figPoints")}
            before={(run.before.earned ?? 0) - (run.before.burned ?? 0)}
            after={(run.after.earned ?? 0) - (run.after.burned ?? 0)}
            say={countText}
            hint={
              found.points
                ? t("pointsWorth", { amount: moneyText(found.points.after - found.points.before, run.currency, true) })
                : undefined
            }
          />
        ) : null}
      </dl>
    </>
  )
}

/** What there is only so much of: how much would be used, and on which day it would run out. */
function Uptakes({ found }: { found: Found }) {
  const t = useWords(words)
  const locale = useLocale()
  const { currency } = found.simulation
  return found.uptake.map((one) => {
    const say = (amount: number) => (one.kind === "budget" ? moneyText(amount, currency) : countText(amount))
    let sum = 0
    const used = one.days.map((day) => {
      sum += day.amount
      return sum
    })
    const lead = [
      one.cap ? t("usedOf", { used: say(one.used), cap: say(one.cap) }) : t("usedSome", { used: say(one.used) }),
      goneText(one, t),
      one.kind === "coupon" && one.used
        ? t("each", { amount: moneyText(Math.round(one.off / one.used), currency) })
        : "",
      one.kind === "coupon" && one.used && one.cap
        ? t("liability", { amount: moneyText(Math.round(((one.cap - one.used) * one.off) / one.used), currency) })
        : "",
    ]
    return (
      <ChartCard
        key={`${one.name} ${one.kind}`}
        title={t(`uptake_${one.kind}` as "uptake_budget", { name: one.name })}
        lead={lead.filter(Boolean).join(" · ")}
        kind="line"
        figures={{
          by: t("day"),
          labels: one.days.map((day) => businessDayText(day.day)),
          series: [
            { name: t("usedUp"), values: used },
            ...(one.cap ? [{ name: t("cap"), values: used.map(() => one.cap), faded: true }] : []),
          ],
        }}
        say={say}
        short={compact(locale, one.kind === "budget" ? minorDigits(currency) : 0)}
        write={String}
      />
    )
  })
}

function Spread({ found }: { found: Found }) {
  const t = useWords(words)
  const locale = useLocale()
  const figures: Figures = {
    by: t("change"),
    labels: found.changes.map((bar) => barText(bar, t)),
    series: [{ name: t("ordersAxis"), values: found.changes.map((bar) => bar.orders) }],
  }
  return (
    <ChartCard
      title={t("spread")}
      lead={t("spreadLead")}
      kind="bar"
      figures={figures}
      say={countText}
      short={compact(locale, 0)}
      write={String}
      whole
    />
  )
}

function Days({ found, written }: { found: Found; written: (minor: number) => string }) {
  const t = useWords(words)
  const locale = useLocale()
  const { currency } = found.simulation
  const figures: Figures = {
    by: t("day"),
    labels: found.days.map((one) => businessDayText(Number(one.name))),
    series: [
      { name: t("after"), values: found.days.map((one) => one.after) },
      { name: t("before"), values: found.days.map((one) => one.before), faded: true },
    ],
  }
  return (
    <ChartCard
      title={t("byDay")}
      lead={t("byDayLead")}
      kind="line"
      figures={figures}
      say={(minor) => moneyText(minor, currency)}
      short={compact(locale, minorDigits(currency))}
      write={written}
    />
  )
}

function Tables({ found }: { found: Found }) {
  const t = useWords(words)
  const whys = useWords(tryWords)
  const { currency } = found.simulation
  const money = (minor: number) => moneyText(minor, currency)
  const funder = (name: string) => (name === "seller" ? t("seller") : name)
  return (
    <>
      {found.funders.length ? (
        <Table
          title={t("funders")}
          head={[t("funder"), t("sampled"), t("before"), t("after"), t("change")]}
          rows={found.funders.map((one) => [
            funder(one.name),
            countText(one.orders),
            money(one.before),
            money(one.after),
            moneyText(one.after - one.before, currency, true),
          ])}
        />
      ) : null}
      {found.rules.length ? (
        <Table
          title={t("rules")}
          head={[t("rule"), t("sampled"), t("takenOff")]}
          rows={found.rules.map((one) => [one.rule, countText(one.orders), money(one.amount)])}
        />
      ) : null}
      {found.said.length ? (
        <Table
          title={t("said")}
          lead={t("saidLead")}
          words={3}
          head={[t("rule"), t("outcome"), t("why"), t("sampled"), t("gap")]}
          rows={found.said.map((one) => [
            one.rule,
            t.maybe(`outcome_${one.outcome}`),
            one.why ? whys.maybe(`why_${one.why}`, { by: "" }) : "",
            countText(one.orders),
            one.gap_unit === "minor" ? money(one.gap) : one.gap_unit ? t("units", { count: one.gap }) : "",
          ])}
        />
      ) : null}
      {found.gifts.length ? (
        <Table
          title={t("gifts")}
          lead={t("giftsLead")}
          head={[t("sku"), t("before"), t("after"), t("free")]}
          rows={found.gifts.map((one) => [
            <span key="sku">
              {one.title} <span className="mono muted">{one.sku}</span>
            </span>,
            countText(one.before),
            countText(one.after),
            <span key="free" className={one.free < one.after - one.before ? "sim-short" : undefined}>
              {countText(one.free)}
            </span>,
          ])}
        />
      ) : null}
      {found.refused.length ? (
        <Table
          title={t("refused")}
          lead={t("refusedLead")}
          head={[t("reason"), t("sampled")]}
          rows={found.refused.map((one) => [one.name, countText(one.count)])}
        />
      ) : null}
    </>
  )
}

/** Where it shows: the places that change most, and the others when asked. */
function Places({ found }: { found: Found }) {
  const t = useWords(words)
  return <Most title={t("places")} of={t("place")} spans={found.places} currency={found.simulation.currency} />
}

/** Which goods win and which lose, by the topmost category. */
function Categories({ found }: { found: Found }) {
  const t = useWords(words)
  return (
    <Most
      title={t("categories")}
      of={t("category")}
      spans={found.categories}
      currency={found.simulation.currency}
      nobody={t("noCategory")}
    />
  )
}

function Most(props: { title: string; of: string; spans: Found["places"]; currency: string; nobody?: string }) {
  const t = useWords(words)
  const [all, showAll] = useState(false)
  const { spans } = props
  return (
    <Spans
      {...props}
      spans={all ? spans : spans.slice(0, PLACES)}
      foot={
        spans.length > PLACES && !all ? (
          <Button type="link" size="small" onClick={() => showAll(true)}>
            {t("all", { count: spans.length })}
          </Button>
        ) : null
      }
    />
  )
}

function Movers({ run }: { run: Run }) {
  const t = useWords(words)
  const [open, setOpen] = useState<string | null>(null)
  const [all, showAll] = useState(false)
  const movers = api.useQuery(
    "get",
    "/v1/simulations/{simulation_id}/orders",
    { params: { path: { simulation_id: run.id } } },
    { enabled: run.touched > 0, refetchInterval: run.state === "running" ? 2 * ASK_AGAIN_MS : false },
  )
  const money = (minor: number) => moneyText(minor, run.currency)
  if (!movers.data?.length) return null
  return (
    <section className="sim-table">
      <h2>{t("movers")}</h2>
      <p>{t("moversLead")}</p>
      <table aria-label={t("movers")}>
        <thead>
          <tr>
            <th scope="col">{t("order")}</th>
            <th scope="col">{t("day")}</th>
            <th scope="col" className="end">
              {t("before")}
            </th>
            <th scope="col" className="end">
              {t("after")}
            </th>
            <th scope="col" className="end">
              {t("change")}
            </th>
          </tr>
        </thead>
        <tbody>
          {movers.data.slice(0, all ? undefined : PLACES).map((one) => (
            <Fragment key={one.order}>
              <tr>
                <th scope="row">
                  <Button
                    type="text"
                    size="small"
                    icon={<RightOutlined rotate={open === one.order ? 90 : 0} />}
                    aria-expanded={open === one.order}
                    aria-label={t("showLines", { order: one.order })}
                    onClick={() => setOpen(open === one.order ? null : one.order)}
                  />{" "}
                  <Go to={`/simulator/${run.id}/orders/${one.order}`} className="mono">
                    {one.order}
                  </Go>
                </th>
                <td>{businessDayText(one.day)}</td>
                <td className="end num">{money(one.before)}</td>
                <td className="end num">{money(one.after)}</td>
                <td className="end num">
                  {moneyText(one.after - one.before, run.currency, true)}{" "}
                  <span className="muted">{percentText(one.before, one.after)}</span>
                </td>
              </tr>
              {open === one.order
                ? one.lines.map((line) => (
                    <tr key={line.line_no} className="sim-line">
                      <th scope="row">
                        {countText(line.quantity)} × <span className="mono">{line.sku}</span>
                      </th>
                      <td>
                        {(line.taken_off ?? [])
                          .map(
                            ({ rule, funder, amount }) =>
                              `${moneyText(-amount, run.currency)} ${t("by", { rule, funder: funder === "seller" ? t("seller") : funder })}`,
                          )
                          .join("; ")}
                      </td>
                      <td className="end num">{money(line.before)}</td>
                      <td className="end num">{money(line.after)}</td>
                      <td className="end num">
                        {line.after === line.before ? "" : moneyText(line.after - line.before, run.currency, true)}
                      </td>
                    </tr>
                  ))
                : null}
            </Fragment>
          ))}
        </tbody>
      </table>
      {movers.data.length > PLACES && !all ? (
        <Button type="link" size="small" onClick={() => showAll(true)}>
          {t("all", { count: movers.data.length })}
        </Button>
      ) : null}
    </section>
  )
}
