/** A past order before and under the draft: both quotes side by side, with what every promotion said of it. */

import { api } from "@kit/api/client"
import type { components } from "@kit/api/schema.gen"
import { Delta } from "@kit/chart"
import { businessDayText, countText, moneyText } from "@kit/format"
import { RecordPage, Status, type Tone } from "@kit/record"
import { Go } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useLocale, useWords } from "@kit/words"
import { margin, net, type Run } from "./parts"
import "./simulator.css"
import { words as tryWords } from "./try.words"
import { words } from "./words"

type Sides = components["schemas"]["SimulatedSides"]
type Quote = components["schemas"]["SimulatedQuote"]
type Said = Quote["notes"][number]

const TONES: Record<Said["outcome"], Tone> = { applied: "good", near: "warn", beaten: "quiet", barred: "quiet" }
const ORDER = ["applied", "near", "beaten", "barred"]

export default function OrderPage() {
  const simulation_id = usePlace("simulation")
  const order_id = usePlace("order")
  const run = api.useQuery("get", "/v1/simulations/{simulation_id}", { params: { path: { simulation_id } } })
  const sides = api.useQuery("get", "/v1/simulations/{simulation_id}/orders/{order_id}", {
    params: { path: { simulation_id, order_id } },
  })
  return (
    <Answer of={run}>
      {(found) => <Answer of={sides}>{(one) => <Shown sides={one as Sides} run={found.simulation} />}</Answer>}
    </Answer>
  )
}

function Shown({ sides, run }: { sides: Sides; run: Run }) {
  const t = useWords(words)
  const { currency } = run
  const by = net(sides.after.sums) - net(sides.before.sums)
  const amount = moneyText(Math.abs(by), currency)
  return (
    <RecordPage
      title={sides.order}
      back={{ to: `/simulator/${run.id}`, label: run.name || t("unnamed") }}
      lead={
        <>
          {businessDayText(sides.day)} · <Go to={`/orders/${sides.order}`}>{t("asItIs")}</Go>
        </>
      }
    >
      <section className="sim-verdict">
        <h2>{t(by > 0 ? "orderMore" : by < 0 ? "orderLess" : "orderSame", { amount })}</h2>
        <p>
          {moneyText(net(sides.before.sums), currency)} → {moneyText(net(sides.after.sums), currency)}{" "}
          <Delta now={net(sides.after.sums)} before={net(sides.before.sums)} none={t("noBefore")} />
        </p>
      </section>
      <div className="sim-sides">
        <Side
          title={t("before")}
          quote={sides.before}
          currency={currency}
          silent={t(run.basis === "as_sold" ? "asSoldSaid" : "nothingSaid")}
        />
        <Side
          title={t("after")}
          quote={sides.after}
          other={sides.before}
          currency={currency}
          silent={t("nothingSaid")}
        />
      </div>
    </RecordPage>
  )
}

function Side(props: { title: string; quote: Quote; other?: Quote; currency: string; silent: string }) {
  const { title, quote, other, currency, silent } = props
  const t = useWords(words)
  const whys = useWords(tryWords)
  const zh = useLocale() === "zh"
  const money = (minor: number) => moneyText(minor, currency)
  const { sums } = quote
  const was = new Map(other?.lines.map((line) => [line.line_no, line.net]))
  const facts: [string, string][] = [
    [t("figGross"), money(sums.gross ?? 0)],
    [t("figDiscount"), money(-(sums.discount ?? 0))],
    [t("figNet"), money(net(sums))],
    [t("figTotal"), money(sums.total ?? 0)],
  ]
  if (sums.costed) facts.push([t("figMargin"), money(margin(sums))])
  if (sums.earned || sums.burned) facts.push([t("figPoints"), countText((sums.earned ?? 0) - (sums.burned ?? 0))])
  const said = [...quote.notes].sort((one, two) => ORDER.indexOf(one.outcome) - ORDER.indexOf(two.outcome))
  return (
    <section className="sim-table sim-side" aria-label={title}>
      <h2>{title}</h2>
      <dl className="sim-sums">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="num">{value}</dd>
          </div>
        ))}
      </dl>
      <h3>{t("why")}</h3>
      {said.length ? (
        <ul className="sim-reasons">
          {said.map((one) => (
            <li key={`${one.stage} ${one.rule} ${one.outcome} ${one.why}`}>
              <div>
                <Status tone={TONES[one.outcome]}>{t(`outcome_${one.outcome}`)}</Status>{" "}
                <strong>{(zh && one.name_zh) || one.name}</strong> <span className="mono muted">{one.rule}</span>
              </div>
              <div className="end num">{reason(one)}</div>
            </li>
          ))}
        </ul>
      ) : (
        <p className="muted">{silent}</p>
      )}
      <table aria-label={`${title}: ${t("line")}`}>
        <thead>
          <tr>
            <th scope="col">{t("sku")}</th>
            <th scope="col" className="end">
              {whys("list")}
            </th>
            <th scope="col" className="end">
              {t("left")}
            </th>
          </tr>
        </thead>
        <tbody>
          {quote.lines.map((line) => (
            <tr
              key={line.line_no}
              className={other && was.get(line.line_no) !== line.net ? "sim-moved" : undefined}
              title={other && !was.has(line.line_no) ? t("gift") : undefined}
            >
              <th scope="row" className="sim-wrap">
                {countText(line.quantity)} × {line.title || line.sku} <span className="mono muted">{line.sku}</span>
                {other && !was.has(line.line_no) ? <span className="sim-tag">{t("gift")}</span> : null}
                <small className="muted">
                  {takenOff(line.line_no)
                    .map(([rule, amount]) => `${money(-amount)} ${rule}`)
                    .join(" · ")}
                </small>
              </th>
              <td className="end num">{money(line.gross)}</td>
              <td className="end num">{money(line.net)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )

  function takenOff(line_no: number): [string, number][] {
    const sums = new Map<string, number>()
    for (const one of quote.taken_off)
      if (one.line_no === line_no) sums.set(one.rule, (sums.get(one.rule) ?? 0) + one.amount)
    return [...sums]
  }

  function reason(one: Said): string {
    if (one.outcome === "applied") return money(-(one.amount ?? 0))
    if (one.gap_unit === "minor") return whys("more", { amount: money(one.gap ?? 0) })
    if (one.gap_unit === "units" && one.why !== "add_gift") return whys("moreUnits", { count: one.gap ?? 0 })
    return one.why ? whys.maybe(`why_${one.why}`, { by: one.by ?? "" }) : ""
  }
}
