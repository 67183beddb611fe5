import type { BackView, FrontOrderView } from "@kit/api/schema.gen"
import { moneyText } from "@kit/format/money"
import { dayText, exactText } from "@kit/format/time"
import { useEffect, useState, useSyncExternalStore } from "react"
import { Picture } from "../art/Art"
import { ask, type Refusal, refusalOf, useAsk } from "../ask"
import { useFront } from "../front"
import { orderKeys } from "../held"
import { Go } from "../router"
import { maybe, useLocale, useSay } from "../say"
import { Share } from "../ui/Deals"
import { labelOf, Summary } from "../ui/Summary"
import { Button, calm, Empty, Notice, priceText, Refused, Select, Sheet, Stepper } from "../ui/ui"

const LOOK_AGAIN_MS = 1200
const LOOKS_MAX = 100
const CANCEL_REASONS = ["changed_mind", "wrong_address", "too_slow", "by_mistake", "other"] as const
const RETURN_REASONS = [
  "changed_mind",
  "wrong_size",
  "defective",
  "damaged",
  "wrong_item",
  "not_as_described",
  "late",
] as const

export default function OrderPage({ argument: id }: { argument: string }) {
  const t = useSay()
  const key = useSyncExternalStore(orderKeys.listen, orderKeys.now)[id]
  const { value, refusal, again } = useAsk<FrontOrderView>(`/orders/${id}`, key)
  const waiting = value?.payments.some((one) => one.state === "started") ?? false
  useEffect(() => {
    document.title = `${t("orderTitle")} ${id.slice(-6)}`
  }, [t, id])
  const opening = value?.status === "paid" && Boolean(value.awaits) && !value.group
  const moving =
    waiting || opening || (value?.refunds.some((one) => one.state === "requested" || one.state === "sent") ?? false)
  useEffect(() => {
    if (!moving) return
    // Mostly it is seconds; what takes longer is seen when the page is opened again.
    let looks = 0
    const timer = setInterval(() => {
      looks += 1
      if (looks > LOOKS_MAX) clearInterval(timer)
      else again()
    }, LOOK_AGAIN_MS)
    return () => clearInterval(timer)
  }, [moving, again])
  if (!value) {
    if (refusal?.status === 404)
      return (
        <Empty title={t("notFound")} body={t("findBody")}>
          <Go className="button main" href="/find">
            {t("findAnOrder")}
          </Go>
        </Empty>
      )
    return refusal ? <Refused refusal={refusal} again={again} /> : <div className="waiting" />
  }
  return <Order one={value} orderKey={key} waiting={waiting} again={again} />
}

function Order(props: { one: FrontOrderView; orderKey: string | undefined; waiting: boolean; again: () => void }) {
  const { one, orderKey, waiting, again } = props
  const t = useSay()
  const at = useLocale()
  const [sheet, setSheet] = useState<"cancel" | "return">()
  const [said, setSaid] = useState("")
  const money = (minor: number) => moneyText(minor, one.currency)
  const contact = one.contact as Record<string, string> | null
  return (
    <>
      <div className="order-head">
        <div>
          <p className="muted">
            {t("orderTitle")} <span className="mono">{one.id}</span> <Copy text={one.id} />
          </p>
          <h1>
            <span className={`dot ${one.status}`} aria-hidden="true" />{" "}
            {waiting ? t("waiting") : maybe(t, "status", one.status)}
          </h1>
          <p className="muted">{waiting ? t("waitingBody") : maybe(t, "statusBody", one.status)}</p>
        </div>
        <div className="order-acts">
          {one.may.includes("return") ? (
            <Button onClick={() => setSheet("return")}>
              {t("returnStart")}
              {one.return_until ? <small> · {t("returnUntil", { day: dayText(one.return_until, at) })}</small> : null}
            </Button>
          ) : null}
          {one.may.includes("cancel") ? <Button onClick={() => setSheet("cancel")}>{t("cancelOrder")}</Button> : null}
        </div>
      </div>
      <div role="status">{said ? <Notice tone="good">{said}</Notice> : null}</div>
      {one.may.includes("pay") ? <Pay one={one} orderKey={orderKey} waiting={waiting} again={again} /> : null}
      <div className="with-summary">
        <div>
          <section aria-labelledby="items">
            <h2 id="items">{t("items")}</h2>
            <ul className="cart-lines">
              {one.lines.map((line) => (
                <li className="cart-line" key={line.line}>
                  <div className="cart-picture">
                    <Picture
                      hash={line.picture}
                      alt=""
                      seed={line.product ?? line.sku}
                      words={[line.title]}
                      sizes="96px"
                    />
                  </div>
                  <div className="cart-facts">
                    {line.product ? (
                      <Go className="cart-title" href={`/p/${encodeURIComponent(line.product)}`}>
                        {calm(line.title)}
                      </Go>
                    ) : (
                      <span className="cart-title">{calm(line.title)}</span>
                    )}
                    <p className="muted num">
                      {priceText(t, line.unit_price, line.price_per, line.base_unit, one.currency)} × {line.quantity}
                    </p>
                    {line.adjustments.map((off) => (
                      <p className="muted num" key={`${off.stage} ${off.rule} ${off.funder}`}>
                        {labelOf(named(one, off), at, t)} {money(-off.amount)}
                      </p>
                    ))}
                    <p className="line-progress">
                      {line.shipped ? <span>{t("shippedCount", { count: line.shipped })}</span> : null}
                      {line.canceled ? <span>{t("canceledCount", { count: line.canceled })}</span> : null}
                      {line.returned ? <span>{t("returnedCount", { count: line.returned })}</span> : null}
                    </p>
                  </div>
                  <span className="num cart-sum">{money(line.payable)}</span>
                </li>
              ))}
            </ul>
          </section>
          {one.parcels.length ? (
            <section aria-labelledby="parcels">
              <h2 id="parcels">{t("parcels")}</h2>
              <ul className="bare">
                {one.parcels.map((parcel) => (
                  <li key={parcel.shipped_at + parcel.tracking_no}>
                    <strong>{t("parcel", { carrier: parcel.carrier, number: parcel.tracking_no })}</strong>{" "}
                    <span className="muted">
                      {parcel.delivered_at
                        ? t("deliveredOn", { day: dayText(parcel.delivered_at, at) })
                        : t("step.shipped")}{" "}
                      · {parcel.titles.map(calm).join(", ")}
                    </span>
                  </li>
                ))}
              </ul>
            </section>
          ) : null}
        </div>
        <div className="order-aside">
          <section className="summary" aria-labelledby="summary">
            <h2 id="summary">{t("summary")}</h2>
            <Summary sums={one} currency={one.currency} />
            {one.legs.length > 1 ? (
              <>
                <h3>{t("legs")}</h3>
                <ul className="brief">
                  {one.legs.map((leg) => (
                    <li key={leg.payable_no}>
                      <span>
                        {leg.paid >= leg.amount
                          ? t("legPaid")
                          : [
                              leg.opens_at ? t("legFrom", { day: dayText(leg.opens_at, at) }) : "",
                              leg.due_at ? t("legUntil", { day: dayText(leg.due_at, at) }) : "",
                            ]
                              .filter(Boolean)
                              .join(" ")}
                      </span>
                      <span className="num">{money(leg.amount)}</span>
                    </li>
                  ))}
                </ul>
              </>
            ) : null}
            {one.awaits && one.status === "paid" ? (
              <p>
                {t("awaitsGroup")} {one.group ? <Share group={one.group} /> : null}
              </p>
            ) : null}
            {one.payments.length ? (
              <>
                <h3>{t("payments")}</h3>
                <ul className="brief">
                  {one.payments.map((each) => (
                    <li key={each.id}>
                      <span>
                        {each.method === "qr" ? t("qr") : t("card")}{" "}
                        <span className="muted">{maybe(t, "paymentState", each.state)}</span>
                      </span>
                      <span className="num">{money(each.amount)}</span>
                    </li>
                  ))}
                </ul>
              </>
            ) : null}
            {one.refunds.length ? (
              <>
                <h3>{t("refunds")}</h3>
                <ul className="brief">
                  {one.refunds.map((each) => (
                    <li key={each.at + each.amount}>
                      <span>
                        {each.method === "qr" ? t("qr") : t("card")}{" "}
                        <span className="muted">{maybe(t, "refundState", each.state)}</span>
                      </span>
                      <span className="num">{money(-each.amount)}</span>
                    </li>
                  ))}
                </ul>
              </>
            ) : null}
          </section>
          {contact ? (
            <section aria-labelledby="to">
              <h2 id="to">{t("deliverTo")}</h2>
              <address>
                {contact.name}
                <br />
                {contact.address}
                <br />
                {contact.region} {contact.postal_code}
                <br />
                {[contact.phone, contact.email].filter(Boolean).join(" · ")}
              </address>
            </section>
          ) : null}
          <section aria-labelledby="timeline">
            <h2 id="timeline">{t("timeline")}</h2>
            <ol className="timeline">
              {one.timeline.map((step) => (
                <li key={step.what + step.at + step.amount}>
                  <strong>{maybe(t, "step", step.what)}</strong>
                  {step.amount ? <span className="num"> {money(step.amount)}</span> : null}
                  <br />
                  <time dateTime={step.at} className="muted num">
                    {exactText(step.at).slice(0, 16)}
                  </time>
                </li>
              ))}
            </ol>
          </section>
        </div>
      </div>
      {sheet === "cancel" ? (
        <Cancel
          one={one}
          orderKey={orderKey}
          close={() => setSheet(undefined)}
          done={(back) => {
            setSaid(back.refund ? t("cancelBack", { amount: money(back.refund) }) : t("statusBody.canceled"))
            again()
          }}
        />
      ) : null}
      {sheet === "return" ? (
        <Return
          one={one}
          orderKey={orderKey}
          close={() => setSheet(undefined)}
          done={(back) => {
            setSaid(t("returnDone", { amount: money(back.refund) }))
            again()
          }}
        />
      ) : null}
    </>
  )
}

/** What came off a line, under the name its rule has in the sums. By hand it has none, and is called by its reason. */
function named(one: FrontOrderView, off: { stage: string; rule: string }) {
  return one.off.find((sum) => sum.rule === off.rule) ?? { stage: off.stage, name: off.rule, name_zh: "" }
}

function Copy({ text }: { text: string }) {
  const t = useSay()
  const [done, setDone] = useState(false)
  if (!navigator.clipboard) return null
  return (
    <button
      type="button"
      className="link"
      onClick={() => {
        navigator.clipboard.writeText(text).then(() => setDone(true))
      }}
    >
      {done ? t("copied") : t("copy")}
    </button>
  )
}

function Pay(props: { one: FrontOrderView; orderKey: string | undefined; waiting: boolean; again: () => void }) {
  const { one, orderKey, waiting, again } = props
  const t = useSay()
  const { simulated } = useFront()
  const [refusal, setRefusal] = useState<Refusal>()
  const [fail, setFail] = useState(false)
  const started = one.payments.filter((each) => each.state === "started")
  const failed = one.payments.some((each) => each.state === "failed")
  const rest = one.due - started.reduce((sum, each) => sum + each.amount, 0)
  const pay = async (method: "card" | "qr") => {
    setRefusal(undefined)
    try {
      await ask("POST", `/orders/${one.id}/payments`, {
        body: { method, script: fail ? "declined" : "" },
        orderKey,
        key: crypto.randomUUID(),
      })
      again()
    } catch (thrown) {
      setRefusal(refusalOf(thrown))
    }
  }
  return (
    <section className="pay" aria-labelledby="pay">
      <h2 id="pay">
        {t("payNow")} <span className="num price">{moneyText(one.due, one.currency)}</span>
      </h2>
      {one.due_at ? <Countdown until={one.due_at} /> : null}
      {failed && !waiting ? (
        <Notice tone="bad" title={t("payFailed")}>
          <p>{t("payFailedBody")}</p>
        </Notice>
      ) : null}
      {started.map((each) => (
        <Notice key={each.id} title={t("waiting")}>
          {each.method === "qr" && each.code ? (
            <p>
              {t("scanThis")}: <span className="mono">{each.code}</span>
            </p>
          ) : null}
        </Notice>
      ))}
      {refusal ? <Refused refusal={refusal} /> : null}
      {rest > 0 ? (
        <>
          <div className="pay-ways">
            {(["card", "qr"] as const).map((method, no) => (
              <Button key={method} tone={no ? "plain" : "main"} onClick={() => pay(method)}>
                {t("payRest", { amount: moneyText(rest, one.currency), method: t(method) })}
              </Button>
            ))}
          </div>
          {simulated ? (
            <label className="choice">
              <input type="checkbox" checked={fail} onChange={(event) => setFail(event.target.checked)} />
              <span>{t("letFail")}</span>
            </label>
          ) : null}
        </>
      ) : null}
    </section>
  )
}

/** How long the goods are really held: the server's instant, not a hurry of ours. */
function Countdown({ until }: { until: string }) {
  const t = useSay()
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  const seconds = Math.max(0, Math.floor((new Date(until).getTime() - now) / 1000))
  const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`
  return <p className="muted num">{t("payBefore", { time })}</p>
}

interface Undo {
  one: FrontOrderView
  orderKey: string | undefined
  close: () => void
  done: (back: BackView) => void
}

/** What a wish would give back, asked anew whenever it changes. */
function usePreview(path: string, body: unknown, orderKey: string | undefined) {
  const [told, setTold] = useState<{ of: string; back?: BackView; refusal?: Refusal }>()
  const wanted = body === null ? "" : JSON.stringify(body)
  useEffect(() => {
    if (!wanted) return
    let gone = false
    ask<BackView>("POST", path, { body: JSON.parse(wanted), orderKey })
      .then((back) => !gone && setTold({ of: wanted, back }))
      .catch((thrown) => !gone && setTold({ of: wanted, refusal: refusalOf(thrown) }))
    return () => {
      gone = true
    }
  }, [path, wanted, orderKey])
  return told?.of === wanted ? told : undefined
}

function Back({ back }: { back: BackView }) {
  const t = useSay()
  return (
    <dl className="sums">
      {back.to.map((each) => (
        <div key={each.method + each.amount} className="sums-row">
          <dt>{t("backTo", { method: each.method === "qr" ? t("qr") : t("card") })}</dt>
          <dd className="num">{moneyText(each.amount, back.currency)}</dd>
        </div>
      ))}
      <dt className="sums-total">{t("youGet")}</dt>
      <dd className="num sums-total price">{moneyText(back.refund, back.currency)}</dd>
    </dl>
  )
}

function Cancel({ one, orderKey, close, done }: Undo) {
  const t = useSay()
  const [reason, setReason] = useState<(typeof CANCEL_REASONS)[number]>("changed_mind")
  const [refusal, setRefusal] = useState<Refusal>()
  const [key] = useState(() => crypto.randomUUID())
  const preview = usePreview(`/orders/${one.id}/cancellations/preview`, { reason }, orderKey)
  const refund = preview?.back?.refund ?? 0
  return (
    <Sheet title={t("cancelTitle")} onClose={close}>
      <Select
        label={t("reason")}
        value={reason}
        onChoose={(value) => setReason(value as typeof reason)}
        options={CANCEL_REASONS.map((code) => [code, t(`cancelReason.${code}`)])}
      />
      {preview?.back ? refund ? <Back back={preview.back} /> : <p>{t("cancelNothing")}</p> : null}
      {preview?.refusal ? <Refused refusal={preview.refusal} /> : null}
      {refusal ? <Refused refusal={refusal} /> : null}
      <div className="sheet-acts">
        <Button onClick={close}>{t("keepIt")}</Button>
        <Button
          tone="danger"
          disabled={!preview?.back}
          onClick={async () => {
            try {
              const back = await ask<BackView>("POST", `/orders/${one.id}/cancellations`, {
                body: { reason },
                orderKey,
                key,
              })
              close()
              done(back)
            } catch (thrown) {
              setRefusal(refusalOf(thrown))
            }
          }}
        >
          {refund ? t("cancelDo", { amount: moneyText(refund, one.currency) }) : t("cancelDoNothing")}
        </Button>
      </div>
    </Sheet>
  )
}

function Return({ one, orderKey, close, done }: Undo) {
  const t = useSay()
  const [reason, setReason] = useState<(typeof RETURN_REASONS)[number]>("changed_mind")
  const [counts, setCounts] = useState<Record<number, number>>({})
  const [refusal, setRefusal] = useState<Refusal>()
  const [key] = useState(() => crypto.randomUUID())
  const lines = Object.entries(counts)
    .filter(([, quantity]) => quantity > 0)
    .map(([line, quantity]) => ({ line: Number(line), quantity }))
  const preview = usePreview(`/orders/${one.id}/returns/preview`, lines.length ? { reason, lines } : null, orderKey)
  const refund = preview?.back?.refund ?? 0
  return (
    <Sheet title={t("returnTitle")} onClose={close}>
      <p>{t("returnBody")}</p>
      <ul className="bare">
        {one.lines
          .filter((line) => line.returnable > 0)
          .map((line) => (
            <li className="return-line" key={line.line}>
              <label className="choice">
                <input
                  type="checkbox"
                  checked={(counts[line.line] ?? 0) > 0}
                  onChange={(event) =>
                    setCounts({ ...counts, [line.line]: event.target.checked ? line.returnable : 0 })
                  }
                />
                <span>{calm(line.title)}</span>
              </label>
              {counts[line.line] && line.returnable > 1 ? (
                <Stepper
                  count={counts[line.line] ?? 1}
                  most={line.returnable}
                  label={line.title}
                  onChange={(count) => setCounts({ ...counts, [line.line]: count })}
                />
              ) : null}
            </li>
          ))}
      </ul>
      <Select
        label={t("reason")}
        value={reason}
        onChoose={(value) => setReason(value as typeof reason)}
        options={RETURN_REASONS.map((code) => [code, t(`returnReason.${code}`)])}
      />
      {lines.length ? preview?.back ? <Back back={preview.back} /> : null : <p className="muted">{t("chooseSome")}</p>}
      {preview?.refusal ? <Refused refusal={preview.refusal} /> : null}
      {refusal ? <Refused refusal={refusal} /> : null}
      <div className="sheet-acts">
        <Button onClick={close}>{t("keepIt")}</Button>
        <Button
          tone="main"
          disabled={!preview?.back}
          onClick={async () => {
            try {
              const back = await ask<BackView>("POST", `/orders/${one.id}/returns`, {
                body: { reason, lines },
                orderKey,
                key,
              })
              close()
              done(back)
            } catch (thrown) {
              setRefusal(refusalOf(thrown))
            }
          }}
        >
          {t("returnDo", { amount: moneyText(refund, one.currency) })}
        </Button>
      </div>
    </Sheet>
  )
}
