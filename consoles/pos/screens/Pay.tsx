import { amountText, minorDigits, moneyText, parseAmount } from "@kit/format"
import { useWords } from "@kit/words"
import { useEffect, useRef, useState } from "react"
import type { Member, Receipt } from "../keep/db"
import { type Card, due, type Line, lay, layAgain, type Put, quickCash } from "../money/arithmetic"
import { type Choices, cardCode, type Deal } from "../quote/quote"
import type { Quoter } from "../quote/quoter"
import { receiptOf, saleOf } from "../quote/sold"
import type { Problem } from "../sync/decided"
import { AmountField, Dialog, KeyButton, Keypad, typed } from "../till/parts"
import { usePos, useStanding } from "../till/pos"
import { words } from "../words"
import { Done } from "./Done"
import { GiftCard } from "./GiftCard"
import { Moved } from "./Moved"

/** What is laid on the counter, and the letter that chooses it: an amount has no letters. */
export const METHODS = [
  { method: "cash", key: "C" },
  { method: "card", key: "K" },
  { method: "qr", key: "Q" },
  { method: "voucher", key: "V" },
  { method: "gift_card", key: "G" },
] as const

export interface Paying {
  lines: Line[]
  member: Member | null
  choices: Choices
  quoter: Quoter
  /** Nothing is being asked any more of the sale as it stands. */
  settled: boolean
  deal: Deal
  close(): void
  done(): void
}

/** What was on the screen when paying began is what is paid; a total that moves meanwhile is shown before anybody goes on. */
export function Pay(props: Paying) {
  const t = useWords(words)
  const { settled, deal } = props
  const [basis, setBasis] = useState<Deal | null>(settled ? deal : null)
  const [puts, setPuts] = useState<readonly Put[]>([])
  /** The server or the network has taken the basis away: what holds now is being asked for. */
  const [doubt, setDoubt] = useState<Problem | "offline" | null>(null)
  const [refused, setRefused] = useState<Problem | null>(null)
  const [receipt, setReceipt] = useState<Receipt | null>(null)

  useEffect(() => {
    if (!basis && settled) setBasis(deal)
  }, [basis, settled, deal])
  // The same again after a refusal: it was not the total.
  const same =
    basis !== null && basis.sum.total === deal.sum.total && (basis.quoted === null) === (deal.quoted === null)
  useEffect(() => {
    if (!doubt || !settled || !same) return
    if (doubt !== "offline") setRefused(doubt)
    setBasis(deal)
    setDoubt(null)
  }, [doubt, settled, same, deal])

  if (receipt) return <Done receipt={receipt} close={props.close} />
  if (!basis || (doubt && !settled))
    return (
      <Dialog title={t("pay")} close={props.close} wide>
        <p role="status" className="pay-asking">
          <progress /> {t("asking")}
        </p>
      </Dialog>
    )
  if (doubt && !same)
    return (
      <Dialog title={t("movedTitle")} close={props.close} wide>
        <Moved
          lines={props.lines}
          before={basis}
          after={deal}
          back={layAgain(deal.sum.total, puts).back}
          take={() => {
            const { back } = layAgain(deal.sum.total, puts)
            // Nothing was taken off a gift card yet, and without the server nothing can be.
            setPuts(puts.filter((put) => !back.includes(put) && (deal.quoted || !put.card)))
            setBasis(deal)
            setDoubt(null)
          }}
        />
      </Dialog>
    )
  return (
    <Tenders
      {...props}
      basis={basis}
      puts={puts}
      setPuts={setPuts}
      refused={refused}
      rung={setReceipt}
      doubt={(because) => {
        setRefused(null)
        setDoubt(because)
        if (because !== "offline") props.quoter.again()
      }}
    />
  )
}

function Tenders(
  props: Paying & {
    basis: Deal
    puts: readonly Put[]
    setPuts(puts: readonly Put[]): void
    refused: Problem | null
    rung(receipt: Receipt): void
    doubt(because: Problem | "offline"): void
  },
) {
  const t = useWords(words)
  const pos = usePos()
  const standing = useStanding()
  const { currency } = pos.here
  const { basis, puts } = props
  const { total } = basis.sum
  const { tenders, change } = layAgain(total, puts)
  const open = due(total, tenders)
  const plain = (minor: number) => amountText(minor, currency).replace(/,/g, "")
  const [method, setMethod] = useState<string>("cash")
  const [card, setCard] = useState<Card | null>(null)
  const [scanned, setScanned] = useState("")
  const [amount, setAmount] = useState(() => plain(open))
  const [refusal, setRefusal] = useState("")
  const [busy, setBusy] = useState(false)
  const ringing = useRef(false)
  const minor = parseAmount(amount, currency)
  const covered = open === 0
  const ready = covered || (minor !== null && minor > 0 && (method !== "gift_card" || card !== null))

  function choose(how: string) {
    setMethod(how)
    setRefusal("")
    setCard(null)
    setScanned("")
    setAmount(plain(open))
  }

  async function finish(all: readonly Put[]) {
    if (ringing.current) return
    ringing.current = true
    setBusy(true)
    const refused = await ring(all)
    ringing.current = false
    setBusy(false)
    if (refused) setRefusal(refused)
  }

  async function ring(all: readonly Put[]): Promise<string | null> {
    const laid = layAgain(total, all)
    const sold = { ...props, here: pos.here, deal: basis, tenders: laid.tenders }
    const given = all.reduce((sum, put) => sum + put.given, 0)
    const receipt = receiptOf(sold, pos.me.name, given, laid.change)
    let rung: Receipt
    if (basis.quoted) {
      if (!standing.online) {
        props.doubt("offline")
        return null
      }
      const outcome = await pos.engine.sell(saleOf(sold), receipt)
      if ("refused" in outcome) {
        props.doubt(outcome.refused)
        return null
      }
      rung = outcome
    } else {
      const cap = await pos.engine.refusal(total)
      const { lease } = standing
      if (cap === "count") return t("capsCount", { max: lease?.offline_count_max ?? 0 })
      if (cap === "amount") return t("capsAmount", { max: moneyText(lease?.offline_amount_max ?? 0, currency) })
      if (cap) return t("capsAge")
      rung = await pos.engine.ring(saleOf(sold), receipt)
    }
    props.rung(rung)
    props.done()
    if (pos.settings.autoPrint) setTimeout(() => window.print(), 100)
    return null
  }

  function put(how: string, given: number) {
    setRefusal("")
    if (covered) return void finish(puts)
    const one: Put = { method: how, given, ...(how === "gift_card" && card ? { card } : {}) }
    const laid = lay(total, tenders, one)
    if ("refused" in laid) {
      if (laid.refused !== "nothing") setRefusal(t(laid.refused === "card" ? "cardOver" : "over"))
      return
    }
    const all = [...puts, one]
    props.setPuts(all)
    const left = due(total, laid.tenders)
    setMethod("cash")
    setCard(null)
    setScanned("")
    setAmount(plain(left))
    if (left === 0) void finish(all)
  }

  // Nothing to pay is paid, and so is what covers a total that has moved.
  const finishRef = useRef(finish)
  finishRef.current = finish
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, as the basis is taken; later tenders finish by themselves
  useEffect(() => {
    if (covered && !props.refused) void finishRef.current(puts)
  }, [])

  const quick = quickCash(open, minorDigits(currency))
  return (
    <Dialog
      title={t("pay")}
      close={props.close}
      wide
      scans={{
        policy: "take",
        take: (code) => {
          if (!cardCode(code) || !basis.quoted) return pos.reject(t("noScanHere"))
          choose("gift_card")
          setScanned(code)
        },
      }}
    >
      <div className="pay-columns">
        <div>
          <div className="total">
            <span className="total-head">
              <span>{tenders.length ? t("due") : t("total")}</span>
              {basis.sum.discount ? (
                <em className="num">{t("savedAmount", { amount: moneyText(basis.sum.discount, currency) })}</em>
              ) : null}
            </span>
            <output className="num">{moneyText(open, currency)}</output>
          </div>
          {tenders.length ? (
            <ul className="tenders">
              {tenders.map((one) => (
                <li key={`${one.method} ${one.card?.ending ?? ""}`}>
                  <span>
                    {t.maybe(one.method)}
                    {one.card ? ` ···${one.card.ending}` : ""}
                  </span>
                  <span className="num">{moneyText(one.amount, currency)}</span>
                </li>
              ))}
            </ul>
          ) : null}
          {change ? (
            <p className="num">
              {t("change")} {moneyText(change, currency)}
            </p>
          ) : null}
          <div className="methods" role="radiogroup" aria-label={t("pay")}>
            {METHODS.map((one) => (
              <KeyButton
                key={one.method}
                role="radio"
                aria-checked={method === one.method}
                keyName={one.key}
                tone={method === one.method ? "primary" : "plain"}
                disabled={one.method === "gift_card" && !basis.quoted}
                onClick={() => choose(one.method)}
              >
                {t(one.method)}
              </KeyButton>
            ))}
          </div>
          {method === "cash" ? (
            <div className="quick">
              {quick.map((value, i) => (
                <KeyButton key={value} keyName={`F${i + 5}`} onClick={() => put("cash", value)}>
                  {value === open ? t("exact") : moneyText(value, currency)}
                </KeyButton>
              ))}
            </div>
          ) : null}
          {method === "gift_card" ? (
            <GiftCard
              scanned={scanned}
              card={card}
              found={(found) => {
                setCard(found)
                setAmount(plain(Math.min(found.left, open)))
              }}
            />
          ) : null}
          {basis.quoted ? null : <p className="muted">{t("cardOnline")}</p>}
          {refusal || props.refused ? (
            <p role="alert" className="said-problem">
              <strong>{refusal || t("refusedNow", { why: props.refused?.title ?? "" })}</strong>
              {!refusal && props.refused?.detail ? <span>{props.refused.detail}</span> : null}
            </p>
          ) : null}
        </div>
        <div>
          <AmountField
            key={card?.code ?? ""}
            label={`${t("given")} · ${t.maybe(method)}`}
            value={amount}
            change={setAmount}
            currency={currency}
            autoFocus
            large
            onKeyDown={(event) => {
              const chosen = METHODS.find((one) => one.key.toLowerCase() === event.key.toLowerCase())
              const offer = /^F([5-9])$/.exec(event.key)
              if (chosen && (chosen.method !== "gift_card" || basis.quoted)) {
                event.preventDefault()
                choose(chosen.method)
              } else if (offer && method === "cash") {
                event.preventDefault()
                const value = quick[Number(offer[1]) - 5]
                if (value) put("cash", value)
              } else if (event.key === "Enter") {
                // What opens now must not take this very key for a yes.
                event.preventDefault()
                if (ready) put(method, minor ?? 0)
              }
            }}
          />
          <Keypad press={(sign) => setAmount(typed(amount, sign))} dot={minorDigits(currency) > 0} />
          <KeyButton
            tone="primary"
            className="pay"
            keyName="Enter"
            disabled={!ready || busy}
            onClick={() => put(method, minor ?? 0)}
          >
            {busy
              ? t("selling")
              : covered
                ? t("tryNow")
                : t("lay", { amount: moneyText(minor ?? 0, currency), method: t.maybe(method) })}
          </KeyButton>
        </div>
      </div>
    </Dialog>
  )
}
