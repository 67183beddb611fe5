/** What the company one buys for negotiates here: the list, and asking for prices of a product or of the whole cart. */

import type { FrontNegotiation, FrontTalk, QuotedLineView } from "@kit/api/schema.gen"
import { moneyText, parseAmount } from "@kit/format/money"
import { dayText } from "@kit/format/time"
import { type FormEvent, useEffect, useId, useState } from "react"
import { ask, type Refusal, refusalOf, useAsk } from "../ask"
import type { Put } from "../basket"
import { useFront } from "../front"
import { useQuote } from "../quote"
import { Go, go, useAddress } from "../router"
import { useLocale, useSay } from "../say"
import { Employer, useEmployer } from "../ui/Employer"
import { Button, calm, Empty, Field, priceText, Refused, Stepper } from "../ui/ui"

export default function TalksPage() {
  const t = useSay()
  const { path } = useAddress()
  const { employer, waiting } = useEmployer()
  useEffect(() => {
    document.title = t("talks")
  }, [t])
  if (waiting) return <div className="waiting" />
  if (!employer)
    return (
      <>
        <Empty title={t("talks")} body={t("talksForCompanies")}>
          <Go className="button main" href={`/account?next=${encodeURIComponent(path)}`}>
            {t("account")}
          </Go>
        </Empty>
        <Employer />
      </>
    )
  return path === "/prices/new" ? <New company={employer.name} /> : <Talks company={employer.name} />
}

function Talks({ company }: { company: string }) {
  const t = useSay()
  const at = useLocale()
  const { value, refusal, again } = useAsk<{ items: FrontTalk[] }>("/negotiations?limit=50")
  if (refusal) return <Refused refusal={refusal} again={again} />
  return (
    <>
      <div className="order-head">
        <h1>{t("talksOf", { company })}</h1>
        <Go className="button main" href="/prices/new">
          {t("askPrices")}
        </Go>
      </div>
      {!value ? (
        <div className="waiting" />
      ) : value.items.length === 0 ? (
        <Empty title={t("noTalks")} body={t("noTalksBody")} />
      ) : (
        <ul className="orders">
          {value.items.map((one) => (
            <li key={one.id}>
              <Go href={`/prices/${one.id}`}>
                <span>
                  <span className={`dot talk-${one.status}`} aria-hidden="true" />{" "}
                  <strong>{t(`talkStatus.${one.status}` as "talkStatus.asked")}</strong>
                  <br />
                  <span className="muted">
                    {one.title || t("talkLines", { count: one.lines })} · {dayText(one.changed_at, at)}
                  </span>
                </span>
                <span className="num">{sumText(one)}</span>
              </Go>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

/** What it would come to: the last word of the shop, else what was asked, else what everybody pays. */
export function sumText(one: FrontTalk): string {
  const sum = one.offered_minor ?? one.asked_minor ?? one.list_minor
  return typeof sum === "number" ? moneyText(sum, one.currency) : "–"
}

function New({ company }: { company: string }) {
  const { query } = useAddress()
  const sku = query.get("sku")
  const asked: Put[] | undefined = sku
    ? [{ sku, quantity: Math.max(Number(query.get("quantity")) || 1, 1), price: 0, per: 1 }]
    : undefined
  const { lines, quote, refusal, again } = useQuote({ instead: asked })
  const t = useSay()
  if (refusal) return <Refused refusal={refusal} again={again} />
  if (!lines.length)
    return (
      <Empty title={t("askPrices")} body={t("askNothing")}>
        <Go className="button main" href="/">
          {t("startShopping")}
        </Go>
      </Empty>
    )
  if (!quote) return <div className="waiting" />
  return <Asking company={company} lines={quote.lines.filter((line) => line.unit_price > 0 || !line.code)} />
}

function Asking({ company, lines }: { company: string; lines: readonly QuotedLineView[] }) {
  const t = useSay()
  const { currency } = useFront()
  const [wanted, setWanted] = useState(() => lines.map((line) => ({ quantity: line.quantity, price: "" })))
  const [title, setTitle] = useState("")
  const [text, setText] = useState("")
  const [capped, setCapped] = useState(false)
  const [refusal, setRefusal] = useState<Refusal>()
  const [busy, setBusy] = useState(false)
  const typed = wanted.map((one) => (one.price.trim() ? parseAmount(one.price, currency) : undefined))
  const send = async (event: FormEvent) => {
    event.preventDefault()
    if (typed.includes(null)) return
    setBusy(true)
    setRefusal(undefined)
    const body = {
      title: title.trim(),
      text: text.trim(),
      capped,
      lines: lines.map((line, no) => ({
        sku: line.sku,
        quantity: wanted[no]?.quantity,
        per: line.price_per,
        ...(typeof typed[no] === "number" ? { amount_minor: typed[no] } : {}),
      })),
    }
    try {
      const made = await ask<FrontNegotiation>("POST", "/negotiations", { body, key: crypto.randomUUID() })
      go(`/prices/${made.talk.id}`, { replace: true })
    } catch (thrown) {
      setRefusal(refusalOf(thrown))
      setBusy(false)
    }
  }
  return (
    <form className="talk-form" onSubmit={send} noValidate>
      <h1>{t("askPrices")}</h1>
      <p className="muted">{t("askPricesBody", { company })}</p>
      <ul className="talk-lines">
        {lines.map((line, no) => (
          <li key={line.sku}>
            <span className="talk-what">
              <strong>{calm(line.title)}</strong>
              <span className="muted num">
                {t("nowAt", { price: priceText(t, line.unit_price, line.price_per, line.base_unit, currency) })}
              </span>
            </span>
            <Stepper
              label={calm(line.title)}
              count={wanted[no]?.quantity ?? 1}
              onChange={(quantity) => setWanted(wanted.map((one, at) => (at === no ? { ...one, quantity } : one)))}
            />
            <Field
              label={t("wish")}
              inputMode="decimal"
              value={wanted[no]?.price ?? ""}
              error={typed[no] === null ? t("notAmount") : undefined}
              placeholder={t("wishOpen")}
              onChange={(event) =>
                setWanted(wanted.map((one, at) => (at === no ? { ...one, price: event.target.value } : one)))
              }
            />
          </li>
        ))}
      </ul>
      <Field label={t("talkTitle")} value={title} maxLength={200} onChange={(event) => setTitle(event.target.value)} />
      <Words label={t("message")} value={text} onChange={setText} />
      <label className="choice">
        <input type="checkbox" checked={capped} onChange={(event) => setCapped(event.target.checked)} />
        <span>{t("capped")}</span>
      </label>
      {refusal ? <Refused refusal={refusal} /> : null}
      <Button type="submit" tone="main" className="wide" busy={busy} disabled={busy || typed.includes(null)}>
        {t("askSend", { count: lines.length })}
      </Button>
    </form>
  )
}

/** Several lines of words. */
export function Words(props: { label: string; value: string; onChange: (value: string) => void }) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{props.label}</label>
      <textarea
        id={id}
        rows={3}
        maxLength={4000}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
      />
    </div>
  )
}
