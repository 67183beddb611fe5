import { moneyText } from "@kit/format"
import { useWords } from "@kit/words"
import { useState } from "react"
import { type Goods, lineSum } from "../money/arithmetic"
import { Dialog } from "../till/parts"
import { usePos } from "../till/pos"
import { words } from "../words"

export function PriceCheck(props: { find(code: string): Promise<Goods | null>; close(): void }) {
  const t = useWords(words)
  const pos = usePos()
  const { currency } = pos.here
  const [text, setText] = useState("")
  const [found, setFound] = useState<Goods[] | null>(null)

  async function check(code: string) {
    const one = await props.find(code)
    const all = one ? [one] : pos.shelf.search(code).slice(0, 8)
    setFound(all)
    setText("")
    if (!all.length) pos.reject(t("unknown", { code }))
  }

  return (
    <Dialog title={t("priceCheck")} close={props.close} scans={{ policy: "take", take: check }}>
      <label className="field">
        <span>{t("priceCheckHelp")}</span>
        <input
          autoFocus
          autoComplete="off"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && text.trim()) void check(text.trim())
          }}
        />
      </label>
      <ul className="checked" aria-live="polite">
        {(found ?? []).map((goods) => {
          const price = lineSum({ goods, quantity: goods.unit === "piece" ? 1 : goods.pack, off: 0, why: "" })
          return (
            <li key={goods.sku}>
              <span>
                <strong>{goods.title}</strong>
                <small className="muted num">
                  {goods.sku}
                  {goods.prices.length > 1
                    ? ` · ${goods.prices
                        .filter(([, from]) => from > 1)
                        .map(([, from, unit]) => `${t("from", { count: from })}: ${moneyText(unit, currency)}`)
                        .join(" · ")}`
                    : ""}
                </small>
              </span>
              <output className="num">{price ? moneyText(price.payable, currency) : t("noPrice")}</output>
            </li>
          )
        })}
      </ul>
    </Dialog>
  )
}
