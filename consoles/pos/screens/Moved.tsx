import { moneyText } from "@kit/format"
import { useWords } from "@kit/words"
import { useEffect, useRef, useState } from "react"
import type { Line, Put } from "../money/arithmetic"
import { changes, type Deal } from "../quote/quote"
import { useNamed } from "../quote/says"
import { KeyButton } from "../till/parts"
import { usePos } from "../till/pos"
import { words } from "../words"

/** Whoever presses Enter twice out of habit has not read it yet. */
const READ_MS = 700

/** The sale comes to something else than what was said: both, and what has changed, before anybody goes on. */
export function Moved(props: {
  lines: readonly Line[]
  before: Deal
  after: Deal
  /** What was laid down and is more than what is due now. */
  back: readonly Put[]
  take(): void
}) {
  const t = useWords(words)
  const named = useNamed()
  const { currency } = usePos().here
  const { before, after } = props
  const yes = useRef<HTMLDivElement>(null)
  const [read, setRead] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setRead(true), READ_MS)
    return () => clearTimeout(timer)
  }, [])
  useEffect(() => {
    if (read) yes.current?.querySelector("button")?.focus()
  }, [read])
  return (
    <div className="moved">
      <p role="alert">{after.quoted ? t("movedHelp") : t("movedOffline")}</p>
      <dl className="moved-totals">
        <div>
          <dt>{t("movedBefore")}</dt>
          <dd className="num">
            <s>{moneyText(before.sum.total, currency)}</s>
          </dd>
        </div>
        <div>
          <dt>{t("movedNow")}</dt>
          <dd className="num">{moneyText(after.sum.total, currency)}</dd>
        </div>
      </dl>
      <ul className="rows">
        {changes(props.lines, before, after).map((one) => (
          <li key={one.name}>
            <span className="rows-main">{named(one) || t("taxTop")}</span>
            <s className="num muted">{moneyText(one.before, currency)}</s>
            <span className="num">{moneyText(one.after, currency)}</span>
          </li>
        ))}
      </ul>
      {props.back.map((put) => (
        <p key={put.method} role="alert" className="said-problem">
          <strong>{t("movedBack", { amount: moneyText(put.given, currency), method: t.maybe(put.method) })}</strong>
        </p>
      ))}
      <div className="dialog-foot" ref={yes}>
        <KeyButton tone="primary" keyName="Enter" disabled={!read} onClick={props.take}>
          {t("movedTake", { amount: moneyText(after.sum.total, currency) })}
        </KeyButton>
      </div>
    </div>
  )
}
