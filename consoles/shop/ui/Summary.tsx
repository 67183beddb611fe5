import { moneyText } from "@kit/format/money"
import { useSay } from "../say"

export interface Sums {
  gross: number
  discount: number
  tax: number
  total: number
}

/** How a total comes about, to the cent. */
export function Summary({ sums, currency }: { sums: Sums; currency: string }) {
  const t = useSay()
  // Tax on top shows in the total; tax within does not.
  const onTop = sums.gross - sums.discount !== sums.total
  return (
    <dl className="sums">
      <dt>{t("goods")}</dt>
      <dd className="num">{moneyText(sums.gross, currency)}</dd>
      {sums.discount ? (
        <>
          <dt>{t("discount")}</dt>
          <dd className="num">{moneyText(-sums.discount, currency)}</dd>
        </>
      ) : null}
      {sums.tax ? (
        <>
          <dt>{onTop ? t("tax") : t("taxIn")}</dt>
          <dd className="num">{moneyText(sums.tax, currency)}</dd>
        </>
      ) : null}
      <dt>{t("shipping")}</dt>
      <dd>{t("shippingFree")}</dd>
      <dt className="sums-total">{t("total")}</dt>
      <dd className="num sums-total price">{moneyText(sums.total, currency)}</dd>
    </dl>
  )
}
