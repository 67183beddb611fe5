import { amountText, minorDigits, moneyText, parseAmount } from "@kit/format"
import { useWords } from "@kit/words"
import { useEffect, useMemo, useRef, useState } from "react"
import type { Member, Receipt } from "../keep/db"
import { due, type Line, lay, lineSum, quickCash, sumOf, type Tender } from "../money/arithmetic"
import { Paper } from "../print/Paper"
import { AmountField, Dialog, KeyButton, Keypad, typed } from "../till/parts"
import { usePos, useStanding } from "../till/pos"
import { words } from "../words"

/** What is laid on the counter, and the letter that chooses it: an amount has no letters. */
export const METHODS = [
  { method: "cash", key: "C" },
  { method: "card", key: "K" },
  { method: "qr", key: "Q" },
  { method: "voucher", key: "V" },
] as const

export function Pay(props: { lines: Line[]; member: Member | null; close(): void; done(): void }) {
  const t = useWords(words)
  const pos = usePos()
  const standing = useStanding()
  const { currency } = pos.here
  const sum = useMemo(() => sumOf(props.lines), [props.lines])
  const [tenders, setTenders] = useState<Tender[]>([])
  const [given, setGiven] = useState(0)
  const [change, setChange] = useState(0)
  const [method, setMethod] = useState<string>("cash")
  const open = due(sum.total, tenders)
  const [amount, setAmount] = useState(() => amountText(sum.total, currency).replace(/,/g, ""))
  const [refusal, setRefusal] = useState("")
  const [receipt, setReceipt] = useState<Receipt | null>(null)
  const ringing = useRef(false)
  const minor = parseAmount(amount, currency)

  async function finish(all: Tender[], gave: number, back: number) {
    if (ringing.current) return
    ringing.current = true
    const cap = await pos.engine.refusal(sum.total)
    if (cap) {
      ringing.current = false
      const { lease } = standing
      setRefusal(
        cap === "count"
          ? t("capsCount", { max: lease?.offline_count_max ?? 0 })
          : cap === "amount"
            ? t("capsAmount", { max: moneyText(lease?.offline_amount_max ?? 0, currency) })
            : t("capsAge"),
      )
      return
    }
    const { store, device } = pos.here
    const lines = props.lines.map((line) => ({ line, sum: lineSum(line) }))
    const rung = await pos.engine.ring(
      {
        store,
        device,
        lines: lines.map(({ line, sum: one }) => ({
          sku: line.goods.sku,
          quantity: line.quantity,
          amount_minor: one?.gross ?? 0,
          ...(line.off
            ? { adjustments: [{ amount_minor: Math.min(line.off, one?.gross ?? 0), reason: line.why || "till" }] }
            : {}),
        })),
        tenders: all.map((one) => ({ method: one.method, amount_minor: one.amount })),
        ...(props.member ? { member: { kind: props.member.kind, value: props.member.value } } : {}),
      },
      {
        store: pos.here.storeName,
        device,
        cashier: pos.me.name,
        currency,
        lines: lines.map(({ line, sum: one }) => ({
          sku: line.goods.sku,
          title: line.goods.title,
          unit: line.goods.unit,
          quantity: line.quantity,
          price: one?.unit ?? 0,
          per: one?.per ?? 1,
          amount: one?.net ?? 0,
        })),
        gross: sum.gross,
        discount: sum.discount,
        tax: sum.tax,
        top: props.lines.some((line) => line.goods.top),
        total: sum.total,
        tenders: all,
        given: gave,
        change: back,
        member: props.member ? props.member.name || props.member.value : "",
      },
    )
    setReceipt(rung)
    props.done()
    if (pos.settings.autoPrint) setTimeout(() => window.print(), 100)
  }

  function put(how: string, value: number) {
    setRefusal("")
    const laid = lay(sum.total, tenders, how, value)
    if ("refused" in laid) {
      if (laid.refused === "over") setRefusal(t("over"))
      return
    }
    const gave = given + value
    const back = change + laid.change
    setTenders(laid.tenders)
    setGiven(gave)
    setChange(back)
    const left = due(sum.total, laid.tenders)
    setAmount(amountText(left, currency).replace(/,/g, ""))
    if (left === 0) void finish(laid.tenders, gave, back)
  }
  const putRef = useRef(put)
  putRef.current = put

  // Nothing to pay is paid.
  const free = sum.total === 0
  const finishRef = useRef(finish)
  finishRef.current = finish
  useEffect(() => {
    if (free) void finishRef.current([], 0, 0)
  }, [free])

  if (receipt) return <Done receipt={receipt} close={props.close} />
  const quick = quickCash(open, minorDigits(currency))
  return (
    <Dialog title={t("pay")} close={props.close} wide>
      <div className="pay-columns">
        <div>
          <div className="total">
            <span>{tenders.length ? t("due") : t("total")}</span>
            <output className="num">{moneyText(open, currency)}</output>
          </div>
          {tenders.length ? (
            <ul className="tenders">
              {tenders.map((one) => (
                <li key={one.method}>
                  <span>{t.maybe(one.method)}</span>
                  <span className="num">{moneyText(one.amount, currency)}</span>
                </li>
              ))}
            </ul>
          ) : null}
          <div className="methods" role="radiogroup" aria-label={t("pay")}>
            {METHODS.map((one) => (
              <KeyButton
                key={one.method}
                role="radio"
                aria-checked={method === one.method}
                keyName={one.key}
                tone={method === one.method ? "primary" : "plain"}
                onClick={() => setMethod(one.method)}
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
          {refusal ? (
            <p role="alert" className="said-problem">
              <strong>{refusal}</strong>
            </p>
          ) : null}
        </div>
        <div>
          <AmountField
            label={`${t("given")} · ${t.maybe(method)}`}
            value={amount}
            change={setAmount}
            currency={currency}
            autoFocus
            large
            onKeyDown={(event) => {
              const chosen = METHODS.find((one) => one.key.toLowerCase() === event.key.toLowerCase())
              const offer = /^F([5-9])$/.exec(event.key)
              if (chosen) setMethod(chosen.method)
              else if (offer && method === "cash") {
                event.preventDefault()
                const value = quick[Number(offer[1]) - 5]
                if (value) put("cash", value)
              } else if (event.key === "Enter" && minor !== null) put(method, minor)
            }}
          />
          <Keypad press={(sign) => setAmount(typed(amount, sign))} dot={minorDigits(currency) > 0} />
          <KeyButton
            tone="primary"
            className="pay"
            keyName="Enter"
            disabled={minor === null || minor <= 0}
            onClick={() => put(method, minor ?? 0)}
          >
            {t("lay", { amount: moneyText(minor ?? 0, currency), method: t.maybe(method) })}
          </KeyButton>
        </div>
      </div>
    </Dialog>
  )
}

/** Rung up: the change is what matters now. */
function Done({ receipt, close }: { receipt: Receipt; close(): void }) {
  const t = useWords(words)
  const pos = usePos()
  const take = useRef(pos.scans)
  return (
    <Dialog
      title={`${t("paid")} · ${t("receiptNo")} ${receipt.no}`}
      close={close}
      scans={{
        policy: "take",
        // The next customer's first item is already being scanned: begin the next sale with it.
        take: (code) => {
          close()
          setTimeout(() => void take.current.put(code), 60)
        },
      }}
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: P prints from wherever the focus is in the dialog */}
      <div
        className="done"
        onKeyDown={(event) => {
          if (event.key.toLowerCase() === "p") window.print()
        }}
      >
        <div className="total total-change">
          <span>{receipt.change ? t("change") : t("noChange")}</span>
          <output className="num">{moneyText(receipt.change, receipt.currency)}</output>
        </div>
        <p className="muted num">
          {t("total")} {moneyText(receipt.total, receipt.currency)} ·{" "}
          {receipt.tenders
            .map((one) => `${t.maybe(one.method)} ${moneyText(one.amount, receipt.currency)}`)
            .join(" · ")}
          {receipt.offline ? ` · ${t("bookedLater")}` : ""}
        </p>
        <div className="dialog-foot">
          <KeyButton keyName="P" onClick={() => window.print()}>
            {t("print")}
          </KeyButton>
          <button data-first="" type="button" className="key-button key-button-primary" onClick={close}>
            <span>{t("nextSale")}</span>
            <kbd>Enter</kbd>
          </button>
        </div>
      </div>
      <Paper receipt={receipt} />
    </Dialog>
  )
}
