import { fetcher, idempotencyKey } from "@kit/api/client"
import { moneyText, parseAmount } from "@kit/format"
import { useWords } from "@kit/words"
import { useRef, useState } from "react"
import { AmountField, KeyButton, Keypad, Said, typed } from "../till/parts"
import { told, usePos } from "../till/pos"
import { words } from "../words"

export function OpenShift({ without }: { without: (() => void) | null }) {
  const t = useWords(words)
  const pos = usePos()
  const { currency, store, device } = pos.here
  const [amount, setAmount] = useState("")
  const [thrown, setThrown] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const key = useRef(idempotencyKey())
  const minor = amount === "" ? 0 : parseAmount(amount, currency)

  async function open() {
    if (minor === null || busy) return
    setBusy(true)
    setThrown(null)
    try {
      const header = { "Idempotency-Key": key.current }
      await told(
        fetcher.POST("/v1/shifts", { params: { header }, body: { store, device, float_minor: minor } } as never),
      )
      pos.engine.nudge()
    } catch (refusal) {
      key.current = idempotencyKey()
      setThrown(refusal)
      setBusy(false)
    }
  }

  return (
    <main className="center">
      <section className="card">
        <h1>{t("openShift")}</h1>
        <p className="muted">{t("openHelp")}</p>
        <AmountField
          label={t("float")}
          value={amount}
          change={setAmount}
          currency={currency}
          autoFocus
          large
          onKeyDown={(event) => {
            if (event.key === "Enter") void open()
          }}
        />
        <Keypad press={(sign) => setAmount(typed(amount, sign))} dot />
        <Said thrown={thrown} />
        <KeyButton tone="primary" keyName="Enter" disabled={minor === null || busy} onClick={() => void open()}>
          {t("openWith", { amount: moneyText(minor ?? 0, currency) })}
        </KeyButton>
        {without ? (
          <KeyButton tone="quiet" onClick={without}>
            {t("withoutShift")}
          </KeyButton>
        ) : null}
      </section>
    </main>
  )
}
