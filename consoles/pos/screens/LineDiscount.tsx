import { moneyText, parseAmount } from "@kit/format"
import { useWords } from "@kit/words"
import { useState } from "react"
import { type Line, lineSum } from "../money/arithmetic"
import { AmountField, Dialog, KeyButton } from "../till/parts"
import { usePos } from "../till/pos"
import { words } from "../words"

export function LineDiscount(props: { line: Line; set(off: number, why: string): void; close(): void }) {
  const t = useWords(words)
  const { currency } = usePos().here
  const [text, setText] = useState("")
  const [why, setWhy] = useState(props.line.why)
  const minor = text === "" ? 0 : parseAmount(text, currency)
  const most = lineSum({ ...props.line, off: 0 })?.gross ?? 0
  const fits = minor !== null && minor >= 0 && minor <= most
  function set() {
    if (!fits || minor === null) return
    props.set(minor, why.replaceAll(":", " ").trim())
    props.close()
  }
  const enter = (event: { key: string }) => {
    if (event.key === "Enter") set()
  }
  return (
    <Dialog title={`${t("lineDiscount")} · ${props.line.goods.title}`} close={props.close}>
      <p className="muted">{t("lineDiscountHelp")}</p>
      <AmountField
        label={t("amount")}
        value={text}
        change={setText}
        currency={currency}
        autoFocus
        large
        onKeyDown={enter}
      />
      <label className="field">
        <span>{t("why")}</span>
        <input value={why} maxLength={64} onChange={(event) => setWhy(event.target.value)} onKeyDown={enter} />
      </label>
      <div className="dialog-foot">
        <KeyButton tone="primary" keyName="Enter" disabled={!fits} onClick={set}>
          {t("take", { amount: moneyText(minor ?? 0, currency) })}
        </KeyButton>
      </div>
    </Dialog>
  )
}
