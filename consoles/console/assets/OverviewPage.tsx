/** What the house owes on points, red packets and procurement points, straight from the ledger's postings. */

import { api } from "@kit/api/client"
import type { LiabilityView, OutstandingView } from "@kit/api/schema.gen"
import { ChartCard, type Figures } from "@kit/chart"
import { countText, moneyText } from "@kit/format"
import { RecordPage, Section } from "@kit/record"
import { useSession } from "@kit/session"
import { Go, useGo } from "@kit/shell/go"
import { Answer, Empty } from "@kit/states"
import { useWords } from "@kit/words"
import { Button } from "antd"
import { type ReactNode, useCallback, useMemo, useState } from "react"
import "./assets.css"
import { GiveDialog } from "./GiveDialog"
import { amountOf, whyText } from "./said"
import { Tabs } from "./Tabs"
import { words } from "./words"

export default function OverviewPage() {
  const t = useWords(words)
  const { may } = useSession()
  const [giving, give] = useState(false)
  const seen = api.useQuery("get", "/v1/assets/liability", {})
  return (
    <>
      <Tabs here="/asset" />
      <RecordPage
        title={t("title")}
        lead={t("liabilityLead")}
        actions={may("asset:grant") ? <Button onClick={() => give(true)}>{t("give")}</Button> : null}
      >
        <Answer of={seen}>{(found) => <Liability seen={found} />}</Answer>
      </RecordPage>
      {giving ? <GiveDialog close={() => give(false)} /> : null}
    </>
  )
}

function Liability({ seen }: { seen: LiabilityView }) {
  const t = useWords(words)
  const go = useGo()
  const points = seen.outstanding.filter((row) => row.kind === "points")
  const months = useMemo(() => [...new Set(points.map((row) => row.month))].sort(), [points])
  const figures = useMemo<Figures>(
    () => ({
      by: t("month"),
      labels: months,
      series: [
        { name: t("active"), values: months.map((month) => total(points, month, "active")) },
        { name: t("promised"), values: months.map((month) => total(points, month, "promised")) },
      ],
    }),
    [months, points, t],
  )
  const pick = useCallback(
    (at: number) => {
      if (months[at]) go(`/asset/lots?kind=points&month=${months[at]}`)
    },
    [go, months],
  )
  if (seen.outstanding.length === 0 && seen.points_owed === 0)
    return (
      <Empty
        title={t("nothingOut")}
        body={t("nothingOutBody")}
        action={
          <Button type="primary" onClick={() => go("/asset/programme")}>
            {t("setTerms")}
          </Button>
        }
      />
    )
  const active = total(points, undefined, "active")
  const promised = total(points, undefined, "promised")
  const held = total(points, undefined, "held")
  const packets = seen.outstanding.filter((row) => row.kind === "red_packet")
  const beans = seen.outstanding.filter((row) => row.kind === "beans")
  const next = months.find((month) => total(points, month, "active") > 0)
  return (
    <>
      <dl className="assets-figures">
        <Figure name={t("outstanding")} note={held ? `${countText(held)} ${t("held")}` : undefined}>
          <Go to="/asset/lots?kind=points">{countText(active + promised)}</Go>
        </Figure>
        {seen.worth.map((one) => (
          <Figure
            key={one.currency}
            name={t("worth")}
            note={t("expectedWorth", {
              amount: moneyText(one.expected, one.currency),
              share: one.breakage_bp / 100,
            })}
          >
            {moneyText(one.full, one.currency)}
          </Figure>
        ))}
        <Figure name={t("active")} note={t("activeNote")}>
          <Go to="/asset/lots?kind=points&state=active">{countText(active)}</Go>
        </Figure>
        <Figure name={t("promised")} note={t("promisedNote")}>
          <Go to="/asset/lots?kind=points&state=promised">{countText(promised)}</Go>
        </Figure>
        {next ? (
          <Figure name={t("expiringSoon")} note={t("expiringIn", { month: next })}>
            <Go to={`/asset/lots?kind=points&month=${next}`}>{countText(total(points, next, "active"))}</Go>
          </Figure>
        ) : null}
        <Figure name={t("owedPoints")} note={t("owedNote", { count: seen.debtors })}>
          <Go to="/asset/owed">{countText(seen.points_owed)}</Go>
        </Figure>
      </dl>
      {months.length ? (
        <ChartCard
          kind="bar"
          title={t("chartTitle")}
          lead={t("chartLead")}
          figures={figures}
          say={countText}
          short={countText}
          write={String}
          whole
          onPick={pick}
          pickLabel={t("lots")}
        />
      ) : null}
      <div className="assets-tables">
        {packets.length ? <ByFunder title={t("packetsTitle")} kind="red_packet" rows={packets} /> : null}
        {beans.length ? <ByFunder title={t("beansTitle")} kind="beans" rows={beans} /> : null}
        {seen.moved.length ? (
          <Section title={t("movedTitle")}>
            <table className="plain">
              <thead>
                <tr>
                  <th scope="col">{t("kind")}</th>
                  <th scope="col">{t("rule")}</th>
                  <th scope="col" className="end">
                    {t("given")}
                  </th>
                  <th scope="col" className="end">
                    {t("taken")}
                  </th>
                </tr>
              </thead>
              <tbody>
                {seen.moved.map((row) => (
                  <tr key={`${row.kind} ${row.unit} ${row.rule}`}>
                    <td>{t(`kinds.${row.kind}`)}</td>
                    <td>{whyText(t, row.rule)}</td>
                    <td className="end num">{row.given ? amountOf(row.given, currencyOf(row.unit)) : ""}</td>
                    <td className="end num">{row.taken ? amountOf(row.taken, currencyOf(row.unit)) : ""}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Section>
        ) : null}
      </div>
    </>
  )
}

function ByFunder({
  title,
  kind,
  rows,
}: {
  title: string
  kind: "red_packet" | "beans"
  rows: readonly OutstandingView[]
}) {
  const t = useWords(words)
  const funders = [...new Set(rows.map((row) => `${row.funder} ${row.currency}`))].sort()
  return (
    <Section title={title}>
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t("funder")}</th>
            <th scope="col" className="end">
              {t("lotsCount")}
            </th>
            <th scope="col" className="end">
              {t("left")}
            </th>
          </tr>
        </thead>
        <tbody>
          {funders.map((one) => {
            const mine = rows.filter((row) => `${row.funder} ${row.currency}` === one)
            const [first] = mine
            if (!first) return null
            const left = mine.reduce((sum, row) => sum + row.active + row.promised, 0)
            return (
              <tr key={one}>
                <td>
                  <Go to={`/asset/lots?kind=${kind}&funder=${encodeURIComponent(first.funder)}`}>{first.funder}</Go>
                </td>
                <td className="end num">{countText(mine.reduce((sum, row) => sum + row.lots, 0))}</td>
                <td className="end num">{amountOf(left, first.currency)}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </Section>
  )
}

function Figure({ name, note, children }: { name: string; note?: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="num">
        {children}
        {note ? <small>{note}</small> : null}
      </dd>
    </div>
  )
}

function total(
  rows: readonly OutstandingView[],
  month: string | undefined,
  of: "active" | "promised" | "held",
): number {
  return rows.filter((row) => !month || row.month === month).reduce((sum, row) => sum + row[of], 0)
}

function currencyOf(unit: string): string {
  return unit.split("/")[1] ?? ""
}
