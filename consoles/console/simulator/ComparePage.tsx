/** Two simulations beside each other: which of two drafts would have done better. */

import { api } from "@kit/api/client"
import { ChartCard } from "@kit/chart"
import { businessDayText, countText, minorDigits, moneyText } from "@kit/format"
import { useSearchState } from "@kit/list"
import { RecordPage } from "@kit/record"
import { Go } from "@kit/shell/go"
import { Answer, Empty } from "@kit/states"
import { useLocale, useWords } from "@kit/words"
import { Form, Select } from "antd"
import { barText } from "./found"
import { compact, type Found, margin, net, type Run, Table } from "./parts"
import "./simulator.css"
import { words } from "./words"

const CHOICES = 100

export default function ComparePage() {
  const t = useWords(words)
  const [search, change] = useSearchState()
  const runs = api.useQuery("get", "/v1/simulations", { params: { query: { limit: CHOICES } } })
  const options = (runs.data?.items ?? []).map((one: Run) => ({
    value: one.id,
    label: `${one.name || t("unnamed")} · ${one.sample.channel} · ${countText(one.orders)}`,
  }))
  return (
    <RecordPage title={t("compare")} lead={t("compareLead")} back={{ to: "/simulator", label: t("title") }}>
      <Form layout="vertical" className="sim-two sim-pick">
        {(["one", "other"] as const).map((side) => (
          <Form.Item key={side} label={t(side)} htmlFor={`sim-${side}`}>
            <Select
              id={`sim-${side}`}
              value={search[side]}
              options={options.filter((choice) => choice.value !== search[side === "one" ? "other" : "one"])}
              showSearch={{ optionFilterProp: "label" }}
              onChange={(id: string) => change({ ...search, [side]: id })}
            />
          </Form.Item>
        ))}
      </Form>
      {search.one && search.other ? (
        <Both one={search.one} other={search.other} />
      ) : (
        <Empty title={t("pickTwo")} body={t("compareLead")} />
      )}
    </RecordPage>
  )
}

function Both({ one, other }: { one: string; other: string }) {
  const ask = (id: string) => ({ params: { path: { simulation_id: id } } })
  const first = api.useQuery("get", "/v1/simulations/{simulation_id}", ask(one))
  const second = api.useQuery("get", "/v1/simulations/{simulation_id}", ask(other))
  return <Answer of={first}>{(a) => <Answer of={second}>{(b) => <Compared a={a} b={b} />}</Answer>}</Answer>
}

function Compared({ a, b }: { a: Found; b: Found }) {
  const t = useWords(words)
  const locale = useLocale()
  const [one, other] = [a.simulation, b.simulation]
  const { currency } = one
  const alike = currency === other.currency
  const same =
    JSON.stringify(one.sample) === JSON.stringify(other.sample) &&
    one.basis === other.basis &&
    net(one.before) === net(other.before)
  const names = ["A", "B"] as const
  const by = (run: Run, of: (sums: Run["before"]) => number) => of(run.after) - of(run.before)
  const figures: [string, (sums: Run["before"]) => number][] = [
    [t("figNet"), net],
    [t("figDiscount"), (sums) => sums.discount ?? 0],
    [t("figTotal"), (sums) => sums.total ?? 0],
  ]
  if (one.before.costed || other.before.costed) figures.push([t("figMargin"), margin])
  const change = (minor: number, run: Run) => moneyText(minor, run.currency, true)
  const days = [...new Set([...a.days, ...b.days].map((day) => day.name))].sort()
  const funders = [...new Set([...a.funders, ...b.funders].map((each) => each.name))].sort()
  const moved = (found: Found, name: string) => {
    const span = found.funders.find((each) => each.name === name)
    return span ? span.after - span.before : 0
  }
  return (
    <>
      {same ? null : <p className="sim-differ">{t("differ")}</p>}
      <div className="sim-tables">
        <Table
          title={t("changes")}
          head={[t("amount"), ...names, ...(alike ? [t("difference")] : [])]}
          rows={[
            ...figures.map(([name, of]) => [
              name,
              change(by(one, of), one),
              change(by(other, of), other),
              ...(alike ? [change(by(other, of) - by(one, of), one)] : []),
            ]),
            [t("changed"), countText(one.touched), countText(other.touched), ...(alike ? [""] : [])],
            [
              t("figEarned"),
              countText(by(one, (sums) => sums.earned ?? 0)),
              countText(by(other, (sums) => sums.earned ?? 0)),
              ...(alike ? [""] : []),
            ],
          ]}
          foot={
            <p className="muted">
              A: <Go to={`/simulator/${one.id}`}>{one.name || t("unnamed")}</Go>
              <br />
              B: <Go to={`/simulator/${other.id}`}>{other.name || t("unnamed")}</Go>
            </p>
          }
        />
        {funders.length ? (
          <Table
            title={t("funders")}
            head={[t("funder"), ...names]}
            rows={funders.map((name) => [
              name === "seller" ? t("seller") : name,
              change(moved(a, name), one),
              change(moved(b, name), other),
            ])}
          />
        ) : null}
      </div>
      <div className="sim-charts">
        <ChartCard
          title={t("spread")}
          lead={t("spreadLead")}
          kind="bar"
          figures={{
            by: t("change"),
            labels: a.changes.map((bar) => barText(bar, t)),
            series: [
              { name: names[0], values: a.changes.map((bar) => bar.orders) },
              { name: names[1], values: b.changes.map((bar) => bar.orders) },
            ],
          }}
          say={countText}
          short={compact(locale, 0)}
          write={String}
          whole
        />
        <ChartCard
          title={t("byDay")}
          lead={t("changes")}
          kind="line"
          figures={{
            by: t("day"),
            labels: days.map((day) => businessDayText(Number(day))),
            series: [a, b].map((found, at) => ({
              name: names[at] ?? "",
              values: days.map((day) => {
                const span = found.days.find((each) => each.name === day)
                return span ? span.after - span.before : 0
              }),
            })),
          }}
          say={(minor) => moneyText(minor, currency, true)}
          short={compact(locale, minorDigits(currency))}
          write={String}
        />
      </div>
    </>
  )
}
