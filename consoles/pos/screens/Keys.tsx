import { useWords } from "@kit/words"
import { useEffect, useState } from "react"
import { type Action, forbidden, type Keymap, pressed } from "../till/keys"
import { Dialog, KeyButton } from "../till/parts"
import { usePos } from "../till/pos"
import { words } from "../words"
import { METHODS } from "./Pay"

export function Keys({ close }: { close(): void }) {
  const t = useWords(words)
  const pos = usePos()
  const [asking, ask] = useState<Action | null>(null)
  const titles: Record<Action, string> = {
    keys: t("keys"),
    search: t("scanShort"),
    member: t("member"),
    hold: t("hold"),
    recall: t("recall"),
    priceCheck: t("priceCheck"),
    refund: t("refund"),
    pay: t("pay"),
    savings: t("savings"),
    coupon: t("couponBest"),
    points: t("pointsUse"),
    redPacket: t("redPacket"),
    menu: t("menu"),
    quantity: t("quantity"),
    plus: t("plus"),
    minus: t("minus"),
    lineDiscount: t("lineDiscount"),
    voidLine: t("voidLine"),
    clearSale: t("clearSale"),
  }

  useEffect(() => {
    if (!asking) return
    function onKey(event: KeyboardEvent) {
      event.preventDefault()
      event.stopPropagation()
      if (["Shift", "Control", "Alt", "Meta"].includes(event.key)) return
      const key = pressed(event)
      if (event.key !== "Escape" && !forbidden(key) && asking) {
        const next: Keymap = { ...pos.keys }
        // A key has one meaning: whoever had it takes the one given up.
        for (const other of Object.keys(next) as Action[]) if (next[other] === key) next[other] = pos.keys[asking]
        next[asking] = key
        pos.changeKeys(next)
      }
      ask(null)
    }
    window.addEventListener("keydown", onKey, true)
    return () => window.removeEventListener("keydown", onKey, true)
  }, [asking, pos])

  return (
    <Dialog title={t("keys")} close={close} wide>
      <p className="muted">{t("keysHelp")}</p>
      <div className="keysheet">
        {(Object.keys(titles) as Action[]).map((action) => (
          <button type="button" key={action} onClick={() => ask(action)}>
            <span>{titles[action]}</span>
            <kbd>{asking === action ? t("pressKey") : pos.keys[action]}</kbd>
          </button>
        ))}
        {METHODS.map((one) => (
          <div key={one.method}>
            <span>
              {t("pay")} · {t(one.method)}
            </span>
            <kbd>{one.key}</kbd>
          </div>
        ))}
      </div>
      <div className="dialog-foot">
        <KeyButton tone="quiet" onClick={() => pos.changeKeys(null)}>
          {t("resetKeys")}
        </KeyButton>
        <KeyButton
          onClick={() => {
            document.documentElement.dataset.print = "keys"
            window.print()
            delete document.documentElement.dataset.print
          }}
        >
          {t("printKeys")}
        </KeyButton>
      </div>
    </Dialog>
  )
}
