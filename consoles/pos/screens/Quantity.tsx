import { useWords } from "@kit/words"
import { useState } from "react"
import type { Line } from "../money/arithmetic"
import { Dialog, KeyButton, Keypad, typed } from "../till/parts"
import { words } from "../words"

export function Quantity(props: { line: Line; set(quantity: number): void; close(): void }) {
  const t = useWords(words)
  const [text, setText] = useState(String(props.line.quantity))
  const quantity = /^\d{1,9}$/.test(text) ? Number(text) : null
  function set() {
    if (quantity === null) return
    props.set(quantity)
    props.close()
  }
  return (
    <Dialog title={t("quantityOf", { what: props.line.goods.title })} close={props.close}>
      <label className="field field-large">
        <span>
          {t("quantity")}
          {props.line.goods.unit === "piece" ? "" : ` (${props.line.goods.unit})`}
        </span>
        <input
          autoFocus
          inputMode="numeric"
          value={text}
          onFocus={(event) => event.target.select()}
          onChange={(event) => setText(event.target.value.replace(/\D/g, ""))}
          onKeyDown={(event) => {
            if (event.key === "Enter") set()
          }}
        />
      </label>
      <Keypad press={(sign) => setText(typed(text, sign))} dot={false} />
      <div className="dialog-foot">
        <KeyButton tone="primary" keyName="Enter" disabled={quantity === null} onClick={set}>
          {t("setQuantity")}
        </KeyButton>
      </div>
    </Dialog>
  )
}
