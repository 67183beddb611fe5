/** One negotiation as the buyer sees it: line by line what was asked and offered, what was said, and the way to a yes. */

import type { FrontNegotiation, FrontTalkLine } from "@kit/api/schema.gen"
import { moneyText, parseAmount } from "@kit/format/money"
import { dayText, exactText } from "@kit/format/time"
import { type FormEvent, useEffect, useState } from "react"
import { ask, type Refusal, refusalOf, useAsk } from "../ask"
import { put } from "../basket"
import { Go, go } from "../router"
import { useLocale, useSay } from "../say"
import { useEmployer } from "../ui/Employer"
import { Button, calm, Empty, Field, Notice, priceText, Refused } from "../ui/ui"
import { sumText, Words } from "./TalksPage"

export default function TalkPage({ argument }: { argument: string }) {
  const t = useSay()
  const { employer, waiting } = useEmployer()
  const path = `/negotiations/${encodeURIComponent(argument)}`
  const { value, refusal, again } = useAsk<FrontNegotiation>(employer ? path : null)
  useEffect(() => {
    document.title = value?.talk.title || t("talks")
  }, [value, t])
  if (!waiting && !employer)
    return (
      <Empty title={t("talks")} body={t("talksForCompanies")}>
        <Go className="button main" href="/account">
          {t("account")}
        </Go>
      </Empty>
    )
  if (refusal)
    return refusal.status === 404 ? (
      <Empty title={t("notFound")} body={t("notFoundBody")} />
    ) : (
      <Refused refusal={refusal} again={again} />
    )
  return value ? <Talk key={value.talk.revision} of={value} path={path} again={again} /> : <div className="waiting" />
}

type Act = "price" | "say" | "accept" | "end"

function Talk({ of, path, again }: { of: FrontNegotiation; path: string; again: () => void }) {
  const t = useSay()
  const at = useLocale()
  const { talk, lines, messages } = of
  const [named, setNamed] = useState<Record<number, string>>({})
  const [text, setText] = useState("")
  const [refusal, setRefusal] = useState<Refusal>()
  const [busy, setBusy] = useState(false)
  const open = talk.status === "asked" || talk.status === "offered"
  const typed = Object.entries(named)
    .filter(([, price]) => price.trim())
    .map(([no, price]) => ({ line_no: Number(no), amount_minor: parseAmount(price, talk.currency) }))
  const wrong = typed.some((one) => one.amount_minor === null)
  const say = async (act: Act) => {
    setBusy(true)
    setRefusal(undefined)
    const body = { act, revision: talk.revision, text: text.trim(), ...(act === "price" ? { prices: typed } : {}) }
    try {
      await ask<FrontNegotiation>("POST", `${path}/messages`, { body, key: crypto.randomUUID() })
      setText("")
      setNamed({})
    } catch (thrown) {
      setRefusal(refusalOf(thrown))
    }
    setBusy(false)
    again()
  }
  const send = (event: FormEvent) => {
    event.preventDefault()
    if (wrong || (!typed.length && !text.trim())) return
    void say(typed.length ? "price" : "say")
  }
  const order = () => {
    for (const line of lines)
      put({ sku: line.sku, quantity: line.quantity, price: line.offered_minor ?? 0, per: line.per })
    go("/cart")
  }
  return (
    <>
      <p className="talk-back">
        <Go href="/prices">← {t("talks")}</Go>
      </p>
      <div className="order-head">
        <div>
          <h1>{talk.title || t("talkLines", { count: talk.lines })}</h1>
          <p className="muted">
            <span className={`dot talk-${talk.status}`} aria-hidden="true" />{" "}
            <strong>{t(`talkStatus.${talk.status}` as "talkStatus.asked")}</strong>
            {open ? ` · ${t("talkUntil", { day: dayText(talk.expires_at, at) })}` : null}
            {" · "}
            {t(talk.capped ? "cappedShort" : "everyShort")}
            {talk.valid_to ? ` · ${t("validUntil", { day: dayText(talk.valid_to, at) })}` : null}
          </p>
        </div>
        {talk.status === "accepted" ? (
          <Button tone="main" onClick={order}>
            {t("orderAgreed", { amount: sumText(talk) })}
          </Button>
        ) : null}
      </div>
      {talk.status === "accepted" ? <Notice tone="good">{t("agreedBody")}</Notice> : null}
      {talk.status === "expired" ? <Notice tone="warn">{t("expiredBody")}</Notice> : null}
      <div className="talk-scroll">
        <table className="talk-table">
          <thead>
            <tr>
              <th scope="col">{t("product")}</th>
              <th scope="col">{t("quantity")}</th>
              <th scope="col">{t("usually")}</th>
              <th scope="col">{t("weAsked")}</th>
              <th scope="col">{t("theyOffer")}</th>
              {open ? <th scope="col">{t("ourPrice")}</th> : null}
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <Line
                key={line.line_no}
                line={line}
                currency={talk.currency}
                typed={open ? (named[line.line_no] ?? "") : undefined}
                onType={(price) => setNamed({ ...named, [line.line_no]: price })}
              />
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row" colSpan={2}>
                {t("together")}
              </th>
              {(
                [
                  ["usually", talk.list_minor],
                  ["weAsked", talk.asked_minor],
                  ["theyOffer", talk.offered_minor],
                ] as const
              ).map(([column, sum]) => (
                <td className="num" key={column} data-label={t(column)}>
                  {typeof sum === "number" ? moneyText(sum, talk.currency) : "–"}
                </td>
              ))}
              {open ? <td /> : null}
            </tr>
          </tfoot>
        </table>
      </div>
      {refusal ? <Refused refusal={refusal} /> : null}
      {open ? (
        <form className="talk-form" onSubmit={send} noValidate>
          {talk.status === "offered" ? (
            <div className="talk-yes">
              <Button tone="main" className="wide" busy={busy} disabled={busy} onClick={() => void say("accept")}>
                {t("acceptOffer", { amount: sumText(talk) })}
              </Button>
              <p className="muted">{t("acceptBody")}</p>
            </div>
          ) : null}
          <Words label={t("message")} value={text} onChange={setText} />
          <div className="pair talk-acts">
            <Button type="submit" busy={busy} disabled={busy || wrong || (!typed.length && !text.trim())}>
              {t(typed.length ? "counter" : "sendWords")}
            </Button>
            <Button tone="quiet" disabled={busy} onClick={() => void say("end")}>
              {t("withdrawAsk")}
            </Button>
          </div>
        </form>
      ) : null}
      <h2 className="talk-heading">{t("conversation")}</h2>
      <ol className="talk-said">
        {messages.map((one) => (
          <li key={`${one.at}${one.act}`} className={one.side}>
            <p className="muted">
              <strong>{one.side === "buyer" ? one.by || t("us") : t("shopSays")}</strong>{" "}
              {one.act === "said" ? null : t(`acts.${one.act}` as "acts.asked")} ·{" "}
              <time dateTime={one.at}>{exactText(one.at)}</time>
            </p>
            {one.prices.length ? (
              <p className="num">
                {one.prices
                  .map((price) => {
                    const line = lines.find((each) => each.line_no === price.line_no)
                    return `${calm(line?.title ?? "")}: ${moneyText(price.amount_minor, talk.currency)}`
                  })
                  .join(" · ")}
              </p>
            ) : null}
            {one.text ? <p className="prose">{one.text}</p> : null}
          </li>
        ))}
      </ol>
    </>
  )
}

function Line(props: {
  line: FrontTalkLine
  currency: string
  typed: string | undefined
  onType: (price: string) => void
}) {
  const { line, currency, typed, onType } = props
  const t = useSay()
  const price = (amount: number | null | undefined, per: number | null | undefined) =>
    typeof amount === "number" ? priceText(t, amount, per ?? 1, "piece", currency) : "–"
  const wrong = typed?.trim() && parseAmount(typed, currency) === null
  return (
    <tr>
      <th scope="row">
        {line.product ? <Go href={`/p/${encodeURIComponent(line.product)}`}>{calm(line.title)}</Go> : calm(line.title)}
      </th>
      <td className="num" data-label={t("quantity")}>
        {line.quantity}
      </td>
      <td className="num muted" data-label={t("usually")}>
        {price(line.usual_minor, line.usual_per)}
      </td>
      <td className="num" data-label={t("weAsked")}>
        {price(line.asked_minor, line.per)}
      </td>
      <td className="num" data-label={t("theyOffer")}>
        <strong>{price(line.offered_minor, line.per)}</strong>
      </td>
      {typed === undefined ? null : (
        <td data-label={t("ourPrice")}>
          <Field
            label={`${t("ourPrice")}: ${calm(line.title)}`}
            inputMode="decimal"
            value={typed}
            error={wrong ? t("notAmount") : undefined}
            onChange={(event) => onType(event.target.value)}
          />
        </td>
      )}
    </tr>
  )
}
