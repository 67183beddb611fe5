import { fetcher } from "@kit/api/client"
import { moneyText } from "@kit/format"
import { useWords } from "@kit/words"
import { useEffect, useRef, useState } from "react"
import type { Card } from "../money/arithmetic"
import { cardCode } from "../quote/quote"
import { Said } from "../till/parts"
import { told, usePos } from "../till/pos"
import { words } from "../words"

/** A gift card is named before it pays, by scanner or by hand; what is left on it is asked of the server. */
export function GiftCard(props: { scanned: string; card: Card | null; found(card: Card): void }) {
  const t = useWords(words)
  const { currency } = usePos().here
  const [text, setText] = useState(props.scanned)
  const [pin, setPin] = useState("")
  const [thrown, setThrown] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const code = cardCode(text)

  async function look(wanted: string) {
    setBusy(true)
    setThrown(null)
    try {
      const { ending, left, state, ...card } = await told(
        fetcher.POST("/v1/cards/balance", { body: { code: wanted, ...(pin ? { pin } : {}) } as never }),
      )
      if (state !== "active" || card.currency !== currency)
        setThrown(t("cardUnusable", { state: `${state} · ${card.currency}` }))
      else props.found({ code: wanted, pin, ending, left })
    } catch (refusal) {
      setThrown(refusal)
    }
    setBusy(false)
  }
  const looking = useRef(look)
  looking.current = look
  useEffect(() => {
    const wanted = cardCode(props.scanned)
    if (!wanted) return field.current?.focus()
    setText(props.scanned)
    void looking.current(wanted)
  }, [props.scanned])

  if (props.card)
    return (
      <p role="status" className="gift-card num">
        {t("cardLeft", { amount: moneyText(props.card.left, currency), ending: props.card.ending })}
      </p>
    )
  return (
    <form
      className="gift-card"
      onSubmit={(event) => {
        event.preventDefault()
        if (code && !busy) void look(code)
      }}
    >
      <label className="field">
        <span>{t("cardNumber")}</span>
        <input
          ref={field}
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          maxLength={24}
          placeholder={t("cardHelp")}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <label className="field">
        <span>{t("cardPin")}</span>
        <input
          type="password"
          inputMode="numeric"
          autoComplete="off"
          maxLength={12}
          value={pin}
          onChange={(event) => setPin(event.target.value)}
        />
      </label>
      <Said thrown={thrown} />
      <button type="submit" className="key-button" disabled={!code || busy}>
        <span>{t("cardLook")}</span>
        <kbd>Enter</kbd>
      </button>
    </form>
  )
}
