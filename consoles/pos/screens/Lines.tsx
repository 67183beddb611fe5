import { amountText, countText, moneyText } from "@kit/format"
import { useWords } from "@kit/words"
import { useEffect, useRef } from "react"
import type { Line } from "../money/arithmetic"
import type { Deal } from "../quote/quote"
import { useOffName } from "../quote/says"
import { usePos } from "../till/pos"
import { words } from "../words"

/** The lines of the sale; what a line has off by itself stands under it, its share of what the whole has off does not. */
export function Lines(props: { lines: readonly Line[]; deal: Deal; at: number; choose(index: number): void }) {
  const t = useWords(words)
  const named = useOffName()
  const { currency } = usePos().here
  const list = useRef<HTMLOListElement>(null)
  useEffect(() => {
    list.current?.querySelector('[aria-current="true"]')?.scrollIntoView({ block: "nearest" })
  })
  return (
    <ol className="lines" ref={list}>
      {props.lines.map((line, i) => {
        const one = props.deal.lines[i]
        const own = props.deal.own[i] ?? []
        const here = i === props.at
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place on the receipt
          <li key={i} aria-current={here} className={here ? "line line-current" : "line"}>
            <button type="button" onClick={() => props.choose(i)} tabIndex={-1}>
              <span className="line-no num muted">{i + 1}</span>
              <span className="line-what">
                <strong>{line.goods.title}</strong>
                <small className="muted num">
                  {line.goods.sku}
                  {one ? ` · ${moneyText(one.unit, currency)}` : ""}
                  {one && one.per !== 1 ? ` ${t("per", { count: one.per, unit: line.goods.unit })}` : ""}
                </small>
                {own.map((off) => (
                  <small key={`${off.stage} ${off.rule}`} className="line-off num">
                    {named(off)} {moneyText(-off.amount, currency)}
                  </small>
                ))}
              </span>
              <span className="line-count num">
                {countText(line.quantity)}
                {line.goods.unit === "piece" ? " ×" : ` ${line.goods.unit}`}
              </span>
              <span className="line-amount num">
                {one
                  ? amountText(
                      own.reduce((left, off) => left - off.amount, one.gross),
                      currency,
                    )
                  : ""}
                {one && own.length ? <s className="muted">{amountText(one.gross, currency)}</s> : null}
              </span>
            </button>
          </li>
        )
      })}
    </ol>
  )
}
