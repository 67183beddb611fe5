import type { QuotedLineView } from "@kit/api/schema.gen"
import { moneyText } from "@kit/format/money"
import { useEffect } from "react"
import { Picture } from "../art/Art"
import { accept, change, type Put } from "../basket"
import { useFront } from "../front"
import { useQuote } from "../quote"
import { Go, go } from "../router"
import { useSay } from "../say"
import { useEmployer } from "../ui/Employer"
import { Hints, Summary } from "../ui/Summary"
import { Button, calm, Empty, priceText, Refused, Stepper } from "../ui/ui"

export default function CartPage() {
  const t = useSay()
  const { currency, open } = useFront()
  const { lines, quote, current, refusal, again } = useQuote()
  const { employer } = useEmployer()
  useEffect(() => {
    document.title = t("cartTitle")
  }, [t])
  if (!lines.length)
    return (
      <Empty title={t("cartEmpty")} body={t("cartEmptyBody")}>
        <Go className="button main" href="/">
          {t("startShopping")}
        </Go>
      </Empty>
    )
  return (
    <>
      <h1>{t("cartTitle")}</h1>
      <div className="with-summary">
        <div>
          {refusal ? <Refused refusal={refusal} again={again} /> : null}
          <ul className="cart-lines">
            {lines.map((line) => (
              <Line
                key={line.sku}
                line={line}
                told={quote?.lines.find((one) => one.sku === line.sku)}
                currency={currency}
              />
            ))}
          </ul>
        </div>
        <section className="summary" aria-labelledby="summary" aria-busy={!current}>
          <h2 id="summary">{t("summary")}</h2>
          {quote ? <Hints of={quote.hints} currency={currency} /> : null}
          {quote ? <Summary sums={quote} currency={currency} /> : <div className="waiting" />}
          {quote && !quote.complete ? <p className="field-error">{t("fixFirst")}</p> : null}
          <Button
            tone="main"
            className="wide"
            disabled={!quote?.complete || !current || !open}
            onClick={() => go("/checkout")}
          >
            {t("checkout", { amount: quote ? moneyText(quote.total, currency) : "" })}
          </Button>
          {employer ? (
            <Go className="button quiet wide" href="/prices/new">
              {t("askPricesCart")}
            </Go>
          ) : null}
        </section>
      </div>
    </>
  )
}

function Line({ line, told, currency }: { line: Put; told: QuotedLineView | undefined; currency: string }) {
  const t = useSay()
  const { line_max } = useFront()
  const title = told ? calm(told.title) : line.sku
  const unit = told?.base_unit ?? "piece"
  const moved = told && !told.code && (told.unit_price !== line.price || told.price_per !== line.per)
  const short = told?.code === "order.short" || told?.code === "shop.too_many_pieces"
  const left = told?.left ?? 0
  const gone = told?.code && !short
  return (
    <li className={`cart-line ${gone ? "sold-out" : ""}`}>
      <div className="cart-picture">
        <Picture
          hash={told?.picture ?? null}
          alt=""
          seed={told?.product ?? line.sku}
          words={[told?.title, told?.top]}
          sizes="96px"
        />
      </div>
      <div className="cart-facts">
        {told?.product ? (
          <Go className="cart-title" href={`/p/${encodeURIComponent(told.product)}`}>
            {title}
          </Go>
        ) : (
          <span className="cart-title">{title}</span>
        )}
        {told && !gone ? (
          <p className="muted num">{priceText(t, told.unit_price, told.price_per, unit, currency)}</p>
        ) : null}
        {moved ? (
          <p className="line-note warn">
            {t(told.unit_price > line.price ? "priceUp" : "priceDown", {
              from: priceText(t, line.price, line.per, unit, currency),
              to: priceText(t, told.unit_price, told.price_per, unit, currency),
            })}{" "}
            <button type="button" className="link" onClick={() => accept(line.sku, told.unit_price, told.price_per)}>
              {t("okay")}
            </button>
          </p>
        ) : null}
        {short ? (
          <p className="line-note bad" role="status">
            {left === 0 ? t("soldOut") : t(told?.code === "order.short" ? "shortLeft" : "limited", { count: left })}{" "}
            {left > 0 ? (
              <button type="button" className="link" onClick={() => change(line.sku, left)}>
                {t("setTo", { count: left })}
              </button>
            ) : null}
          </p>
        ) : null}
        {gone ? (
          <p className="line-note bad" role="status">
            {t("withdrawn")}
          </p>
        ) : null}
        <div className="cart-foot">
          {gone ? null : (
            <Stepper
              count={line.quantity}
              least={unit === "piece" ? 1 : Math.min(line.per, line.quantity)}
              most={unit === "piece" && line_max ? line_max : undefined}
              label={title}
              onChange={(count) => change(line.sku, count)}
            />
          )}
          <button type="button" className="link" onClick={() => change(line.sku, 0)}>
            {t("takeOut")}
            <span className="sr-only">: {title}</span>
          </button>
          {told && !gone ? (
            <span className="num cart-sum">{moneyText(told.gross - told.discount, currency)}</span>
          ) : null}
        </div>
      </div>
    </li>
  )
}
