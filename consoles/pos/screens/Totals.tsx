import { amountText, moneyText } from "@kit/format"
import { useWords } from "@kit/words"
import type { Line } from "../money/arithmetic"
import { bestCoupon, type Choices, type Deal, nearest } from "../quote/quote"
import type { Told } from "../quote/quoter"
import { useMissing, useNamed, useOffName } from "../quote/says"
import type { Action } from "../till/keys"
import { KeyButton } from "../till/parts"
import { usePos } from "../till/pos"
import { words } from "../words"

/** What the sale comes to and why it is not more: deductions by name, what is nearly reached, what the member could use. */
export function Totals(props: { lines: readonly Line[]; deal: Deal; told: Told }) {
  const t = useWords(words)
  const named = useOffName()
  const { currency } = usePos().here
  const { lines, deal, told } = props
  const { sum, offs } = deal
  return (
    <>
      <dl className="sums sums-sale">
        <dt>{t("gross")}</dt>
        <dd className="num">{amountText(sum.gross, currency)}</dd>
        {offs.map((off) => (
          <Row key={`${off.stage} ${off.rule}`} name={named(off)} amount={amountText(-off.amount, currency)} off />
        ))}
        <dt>{lines.some((line) => line.goods.top) || !lines.length ? t("taxTop") : t("taxIn")}</dt>
        <dd className="num">{amountText(sum.tax, currency)}</dd>
      </dl>
      <div className="total" aria-live="polite" aria-busy={told.state === "asking"}>
        <span className="total-head">
          <span>
            {t("total")} · {t("items", { count: sum.units })}
          </span>
          {sum.discount ? (
            <em className="num">{t("savedAmount", { amount: moneyText(sum.discount, currency) })}</em>
          ) : null}
        </span>
        <output className="num">{moneyText(sum.total, currency)}</output>
      </div>
    </>
  )
}

function Row(props: { name: string; amount: string; off?: boolean }) {
  return (
    <>
      <dt className="sums-off" title={props.name}>
        {props.name}
      </dt>
      <dd className="num sums-off">{props.amount}</dd>
    </>
  )
}

/** What can be used by one key, and what is told while the server is not asked. */
export function Offers(props: { told: Told; choices: Choices; act(action: Action): void }) {
  const t = useWords(words)
  const pos = usePos()
  const { currency } = pos.here
  const { told, choices, act } = props
  const quoted = told.state === "told" || told.state === "asking" ? (told.answer?.quoted ?? null) : null
  const named = useNamed()
  const missing = useMissing(currency, (sku) => pos.shelf.named(sku)?.title ?? sku)
  const best = quoted ? bestCoupon(quoted) : null
  const near = quoted ? nearest(quoted) : null
  const k = pos.keys
  const less = (amount: number) => (amount ? moneyText(-amount, currency) : "")
  const used = quoted?.coupons.filter((one) => one.used).reduce((sum, one) => sum + one.amount, 0) ?? 0
  const plain = { offline: "plainOffline", late: "plainLate", refused: "plainRefused" } as const
  return (
    <div className="offers">
      {told.state in plain ? (
        // That the network is gone the banner has announced.
        <p role={told.state === "offline" ? undefined : "status"} className="offers-plain">
          {t(plain[told.state as keyof typeof plain], { why: told.refusal?.title ?? "" })}
        </p>
      ) : null}
      {best || choices.coupons.length || quoted?.points.units || quoted?.red_packets.units ? (
        <div className="offers-keys">
          {best || choices.coupons.length ? (
            <KeyButton keyName={k.coupon} aria-pressed={choices.coupons.length > 0} onClick={() => act("coupon")}>
              {t("coupon")}
              <small className="num">{less(choices.coupons.length ? used : (best?.amount ?? 0))}</small>
            </KeyButton>
          ) : null}
          {quoted?.points.units ? (
            <KeyButton keyName={k.points} aria-pressed={choices.points > 0} onClick={() => act("points")}>
              {t("points")}
              <small className="num">{less(offOf(quoted.adjustments, "points") || quoted.points.amount)}</small>
            </KeyButton>
          ) : null}
          {quoted?.red_packets.units ? (
            <KeyButton keyName={k.redPacket} aria-pressed={choices.redPacket > 0} onClick={() => act("redPacket")}>
              {t("redPacket")}
              <small className="num">
                {less(offOf(quoted.adjustments, "red_packet") || quoted.red_packets.amount)}
              </small>
            </KeyButton>
          ) : null}
        </div>
      ) : null}
      <KeyButton className="offers-more" keyName={k.savings} disabled={!told.wish} onClick={() => act("savings")}>
        {near ? (
          <span className="offers-near">{t("moreFor", { missing: missing(near) ?? "", name: named(near) })}</span>
        ) : (
          t("savings")
        )}
      </KeyButton>
    </div>
  )
}

function offOf(adjustments: readonly { stage: string; amount: number }[], stage: string): number {
  return adjustments.reduce((sum, one) => (one.stage === stage ? sum + one.amount : sum), 0)
}
