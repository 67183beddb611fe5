import type { ChargedView, DeductionView, HintView } from "@kit/api/schema.gen"
import { moneyText } from "@kit/format/money"
import { type Say, useLocale, useSay } from "../say"

export interface Sums {
  gross: number
  discount: number
  tax: number
  total: number
  charged?: number
  off?: readonly DeductionView[]
  charges?: readonly ChargedView[]
  hints?: readonly HintView[]
}

/** How a total comes about, to the cent: what is taken off, by which rule and at whose cost, and what is asked besides the goods. */
export function Summary({ sums, currency }: { sums: Sums; currency: string }) {
  const t = useSay()
  const at = useLocale()
  const { off = [], charges = [], charged = 0 } = sums
  // Tax on top shows in the total; tax within does not.
  const onTop = sums.gross - sums.discount + charged !== sums.total
  const freight = charges.filter((one) => one.kind === "freight")
  const fees = charges.filter((one) => one.kind !== "freight")
  const estimated = sums.hints?.some((one) => one.why === "estimated")
  return (
    <dl className="sums">
      <dt>{t("goods")}</dt>
      <dd className="num">{moneyText(sums.gross, currency)}</dd>
      {off.map((one) => (
        <Row key={`${one.stage} ${one.rule} ${one.funder}`} label={labelOf(one, at, t)} note={funderOf(one, t)}>
          {moneyText(-one.amount, currency)}
        </Row>
      ))}
      {sums.discount && !off.length ? <Row label={t("discount")}>{moneyText(-sums.discount, currency)}</Row> : null}
      {sums.tax ? <Row label={onTop ? t("tax") : t("taxIn")}>{moneyText(sums.tax, currency)}</Row> : null}
      <dt>
        {t("shipping")}
        {estimated ? <small> {t("estimated")}</small> : null}
      </dt>
      <dd className={freight.length ? "num" : undefined}>
        {freight.length ? <Charged of={freight} currency={currency} /> : t("shippingFree")}
      </dd>
      {fees.map((one) => (
        <Row key={one.rule} label={nameOf(one, at)}>
          <Charged of={[one]} currency={currency} />
        </Row>
      ))}
      <dt className="sums-total">{t("total")}</dt>
      <dd className="num sums-total price">{moneyText(sums.total, currency)}</dd>
    </dl>
  )
}

function Row({ label, note, children }: { label: string; note?: string; children: React.ReactNode }) {
  return (
    <>
      <dt>
        {label}
        {note ? <small> {note}</small> : null}
      </dt>
      <dd className="num">{children}</dd>
    </>
  )
}

/** What is asked; what somebody takes off it is struck through beside it. */
function Charged({ of, currency }: { of: readonly ChargedView[]; currency: string }) {
  const sum = (of_: (one: ChargedView) => number) => of.reduce((all, one) => all + of_(one), 0)
  const off = sum((one) => one.off)
  const payable = sum((one) => one.payable)
  return (
    <>
      {off ? <s className="muted">{moneyText(payable + off, currency)}</s> : null} {moneyText(payable, currency)}
    </>
  )
}

export function nameOf(one: { name: string; name_zh: string }, at: string): string {
  return (at === "zh" && one.name_zh) || one.name
}

/** What took something off, in the reader's words. */
export function labelOf(one: Pick<DeductionView, "stage" | "name" | "name_zh">, at: string, t: Say): string {
  if (one.stage === "points") return t("pointsPaid")
  if (one.stage === "red_packet") return t("packetPaid")
  const name = nameOf(one, at)
  return one.stage === "coupon" ? t("couponNamed", { name }) : name
}

function funderOf(one: DeductionView, t: Say): string | undefined {
  if (one.stage === "points" || one.stage === "red_packet") return undefined
  return one.funder === "seller" ? t("byShop") : t("byFunder", { funder: one.funder })
}

/** What is missing to more: free delivery, the next step of a promotion. */
export function Hints({ of, currency }: { of: readonly HintView[]; currency: string }) {
  const t = useSay()
  const at = useLocale()
  const said = of.map((one) => hintText(one, currency, at, t)).filter((text) => text !== null)
  if (!said.length) return null
  return (
    <ul className="hints">
      {said.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  )
}

export function hintText(one: HintView, currency: string, at: string, t: Say): string | null {
  if (one.gap <= 0 || !one.gap_unit) return null
  const values = {
    amount: moneyText(one.gap, currency),
    count: one.gap,
    name: nameOf(one, at),
    saves: moneyText(one.amount, currency),
  }
  if (one.why === "small_order") return t("hintSmall", values)
  if (one.outcome !== "near") return null
  if (one.why === "free_near") return t(one.gap_unit === "minor" ? "hintFree" : "hintFreeUnits", values)
  return t(one.gap_unit === "minor" ? "hintMore" : "hintMoreUnits", values)
}
