import type { FlashSalesView, FormView, ProductPage as View } from "@kit/api/schema.gen"
import { moneyText } from "@kit/format/money"
import { dayText } from "@kit/format/time"
import { lazy, Suspense, useEffect, useState, useSyncExternalStore } from "react"
import { Picture } from "../art/Art"
import { useAsk } from "../ask"
import { put } from "../basket"
import { flashOf } from "../flash"
import { useFront, useTold } from "../front"
import { company as held, saw, session } from "../held"
import { Go, go } from "../router"
import { useLocale, useSay } from "../say"
import { Button, calm, Empty, Price, priceText, Refused, Stepper, Stock } from "../ui/ui"
import { Seen } from "./HomePage"
import { Trail } from "./ListPage"

// Most products are in no play: what shows one comes after the product itself.
const Deals = lazy(() => import("../ui/Deals"))

/** What so many units cost now: the break that applies, rounded as the server rounds. The quote decides; this only foretells. */
export function foretold(
  form: FormView,
  quantity: number,
  flash = Number.POSITIVE_INFINITY,
): { amount: number; per: number; together: number; flash: boolean } {
  const fits = form.breaks.filter((one) => one.min_quantity <= quantity).at(-1)
  const { amount_minor: ordinary, per } = fits ?? form.price
  const amount = Math.min(ordinary, flash)
  return { amount, per, together: Math.floor((2 * amount * quantity + per) / (2 * per)), flash: flash < ordinary }
}

export function ProductPage({ argument }: { argument: string }) {
  const { value, refusal, again } = useAsk<View>(`/products/${encodeURIComponent(argument)}`)
  const t = useSay()
  useEffect(() => {
    if (!value) return
    document.title = calm(value.title)
    saw(value.code)
  }, [value])
  if (value && value.code === argument) return <Product key={value.code} one={value} />
  if (refusal?.status === 404)
    return (
      <Empty title={t("notFound")} body={t("notFoundBody")}>
        <Go className="button main" href="/">
          {t("startShopping")}
        </Go>
      </Empty>
    )
  if (refusal) return <Refused refusal={refusal} again={again} />
  return (
    <div className="product ghost" aria-hidden="true">
      <div className="product-picture" />
      <div>
        <span className="bar" />
        <span className="bar short" />
      </div>
    </div>
  )
}

/** Prices that are not everybody's, and say so. */
const OWN = new Set(["contract", "group", "region"])

/** By how much a step is below the price of one, in whole per cent. */
function less(form: FormView, step: FormView["breaks"][number]): string {
  const saved = 100 - Math.round((step.amount_minor * form.price.per * 100) / (form.price.amount_minor * step.per))
  return saved > 0 ? `−${saved}%` : ""
}

function Product({ one }: { one: View }) {
  const t = useSay()
  const company = useSyncExternalStore(held.listen, held.now)
  const told = useTold()
  const at = useLocale()
  const { currency, line_max } = useFront()
  const { value: sales } = useAsk<FlashSalesView>("/flash-sales")
  const shopper = useSyncExternalStore(session.listen, session.now)
  const [sku, setSku] = useState(one.forms.find((form) => form.stock.state !== "out")?.sku ?? one.forms[0]?.sku)
  const [quantity, setQuantity] = useState(0)
  const [shown, setShown] = useState(0)
  const [done, setDone] = useState(false)
  const form = one.forms.find((known) => known.sku === sku) ?? one.forms[0]
  if (!form) return null
  const least = form.base_unit === "piece" ? 1 : form.price.per
  const count = Math.max(quantity, least)
  const out = form.stock.state === "out"
  const price = foretold(form, count, flashOf(sales, form.sku, count, Boolean(shopper), Date.now()))
  const title = calm(one.title)
  const most = Math.min(
    form.stock.left ?? 1_000_000_000,
    form.base_unit === "piece" && line_max ? line_max : 1_000_000_000,
  )
  const words = [one.title, one.trail.at(-1)?.name, one.trail[0]?.code]
  const picture = one.pictures[shown]
  const buy = () => {
    put({ sku: form.sku, quantity: count, price: price.amount, per: price.per })
    setDone(true)
  }
  const details = [...Object.entries(one.attributes), ...Object.entries(form.attributes)]
  return (
    <>
      <Trail code={one.trail.at(-1)?.code} last={title} />
      <div className="product">
        <div className="product-pictures">
          <div className="product-picture">
            <Picture
              key={picture?.hash}
              hash={picture?.hash ?? null}
              alt={picture?.alt ?? ""}
              seed={one.code}
              words={words}
              sizes="(min-width: 900px) 560px, 100vw"
              eager
            />
          </div>
          {one.pictures.length > 1 ? (
            <div className="thumbs">
              {one.pictures.map((each, no) => (
                <button
                  key={each.hash}
                  type="button"
                  aria-pressed={no === shown}
                  aria-label={`${each.alt} ${no + 1}`}
                  onClick={() => setShown(no)}
                >
                  <img src={`/media/${each.hash}-320.webp`} alt="" loading="lazy" />
                </button>
              ))}
            </div>
          ) : null}
        </div>
        <div className="product-facts">
          {one.brand ? (
            <p className="product-brand">
              <Go href={`/search?brand=${encodeURIComponent(one.brand.code)}`}>{one.brand.name}</Go>
            </p>
          ) : null}
          <h1>{title}</h1>
          <p className="product-price">
            <Price large amount={price.amount} per={price.per} unit={form.base_unit} currency={currency} />{" "}
            {price.flash ? (
              <small className="usual num">
                {t("flashNow")} <s>{priceText(t, form.price.amount_minor, form.price.per, form.base_unit, currency)}</s>
              </small>
            ) : null}
            {form.usual ? (
              <small className="usual num">
                {t("usually")} <s>{priceText(t, form.usual.amount_minor, form.usual.per, form.base_unit, currency)}</s>
              </small>
            ) : null}
          </p>
          {form.source && OWN.has(form.source.kind) ? (
            <p className="price-source">
              {t(`priceOf.${form.source.kind}` as "priceOf.contract")}
              {typeof form.left === "number" ? ` · ${t("leftAtPrice", { count: form.left })}` : null}
            </p>
          ) : null}
          <p className="product-state">
            <Stock state={form.stock.state} left={form.stock.left ?? null} />
            {one.leaves_by && !out ? (
              <span className="promise">{t("leavesBy", { day: dayText(`${one.leaves_by}T12:00:00`, at) })}</span>
            ) : null}
          </p>
          {one.forms.length > 1 ? (
            <fieldset className="forms">
              <legend>{t("choose")}</legend>
              {one.forms.map((each) => (
                <label key={each.sku} className={each.stock.state === "out" ? "gone" : ""}>
                  <input type="radio" name="form" checked={each.sku === form.sku} onChange={() => setSku(each.sku)} />
                  <span>{Object.values(each.attributes).join(" · ") || calm(each.title) || each.sku}</span>
                  <span className="num muted">
                    {priceText(t, each.price.amount_minor, each.price.per, each.base_unit, currency)}
                  </span>
                </label>
              ))}
            </fieldset>
          ) : null}
          {form.breaks.length ? (
            <table className="breaks">
              <caption>{t("breaks")}</caption>
              <tbody>
                {form.breaks.map((step) => (
                  <tr key={step.min_quantity} aria-current={step.amount_minor === price.amount || undefined}>
                    <th scope="row">{t("breakFrom", { count: step.min_quantity })}</th>
                    <td className="num">{priceText(t, step.amount_minor, step.per, form.base_unit, currency)}</td>
                    <td className="num muted">{less(form, step)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          ) : null}
          <Suspense fallback={null}>
            <Deals sku={form.sku} quantity={count} />
          </Suspense>
          <div className="buy">
            {out ? null : <Stepper count={count} least={least} most={most} label={title} onChange={setQuantity} />}
            {done ? (
              <Button tone="main" className="grow" onClick={() => go("/cart")}>
                {t("added")} · {t("goToCart")}
              </Button>
            ) : (
              <Button tone="main" className="grow" disabled={out} onClick={buy}>
                {out ? t("outOfStock") : t("addToCart", { amount: moneyText(price.together, currency) })}
              </Button>
            )}
          </div>
          {company ? (
            <Go
              className="button quiet wide"
              href={`/prices/new?sku=${encodeURIComponent(form.sku)}&quantity=${count}`}
            >
              {t("askPriceOf")}
            </Go>
          ) : null}
          <details className="how">
            <summary>{t("howPriced")}</summary>
            <dl>
              {form.source ? (
                <>
                  <dt>{t("priceFrom")}</dt>
                  <dd>
                    {t(`priceOf.${form.source.kind}` as "priceOf.contract")}
                    {form.source.name && OWN.has(form.source.kind) ? ` · ${form.source.name}` : null}
                  </dd>
                </>
              ) : null}
              {form.usual ? (
                <>
                  <dt>{t("usually")}</dt>
                  <dd className="num">
                    {priceText(t, form.usual.amount_minor, form.usual.per, form.base_unit, currency)}
                  </dd>
                </>
              ) : null}
              <dt>{t("listPrice")}</dt>
              <dd className="num">{priceText(t, form.price.amount_minor, form.price.per, form.base_unit, currency)}</dd>
              {price.amount === form.price.amount_minor ? null : (
                <>
                  <dt>{t(price.flash ? "flashNow" : "breaks")}</dt>
                  <dd className="num">{priceText(t, price.amount, price.per, form.base_unit, currency)}</dd>
                </>
              )}
              <dt>{t("quantity")}</dt>
              <dd className="num">{t("times", { count })}</dd>
              <dt>{t("together")}</dt>
              <dd className="num price">{moneyText(price.together, currency)}</dd>
            </dl>
          </details>
          {one.description ? <p className="prose">{one.description}</p> : null}
          {details.length ? (
            <section>
              <h2>{t("details")}</h2>
              <dl className="details">
                {details.map(([name, value]) => (
                  <div key={name}>
                    <dt>{calm(name.replaceAll("_", " "))}</dt>
                    <dd>{String(value)}</dd>
                  </div>
                ))}
              </dl>
            </section>
          ) : null}
          {told("returns") ? (
            <section className="promise-box">
              <h2>{t("returnsTitle")}</h2>
              <p>{told("returns")}</p>
            </section>
          ) : null}
        </div>
      </div>
      <Seen but={one.code} />
    </>
  )
}
