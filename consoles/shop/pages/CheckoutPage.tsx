import type { AddressesView, AddressView, FrontPaymentView, OrderedView, ShopperView } from "@kit/api/schema.gen"
import { amountText, moneyText, parseAmount } from "@kit/format/money"
import { type FormEvent, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react"
import { blank, type Missing, missing, partsFrom, regionText, type Written } from "../address"
import { ask, type Refusal, refusalOf, useAsk } from "../ask"
import { basket } from "../basket"
import { buying, NOTHING_CHOSEN, useBuying, wishes } from "../buying"
import { useFront } from "../front"
import { holdOrder, session } from "../held"
import { kept } from "../place"
import { useQuote } from "../quote"
import { Go, go, useAddress } from "../router"
import { useSay } from "../say"
import { AddressForm } from "../ui/AddressForm"
import { Savings } from "../ui/Savings"
import { Hints, Summary } from "../ui/Summary"
import { Button, calm, Empty, Field, Notice, Refused } from "../ui/ui"

// What was typed is still there after a detour; it leaves this device with the order.
const draft = kept<Written | null>("contact", null)

/** Why a play has no more of something. */
const SOLD_OUT = new Set(["promotion.flash_sold_out", "promotion.presale_quota", "order.short"])

function written(one: AddressView, email: string): Written {
  return {
    name: one.name,
    phone: one.phone,
    email,
    country: one.country,
    parts: partsFrom(one.country, one.region),
    street: one.address,
    zip: one.postal_code ?? "",
  }
}

export default function CheckoutPage() {
  const t = useSay()
  const front = useFront()
  const { currency, country } = front
  const held = useSyncExternalStore(session.listen, session.now)
  const { value: me } = useAsk<ShopperView>(held ? "/me" : null)
  const { value: addresses } = useAsk<AddressesView>(held ? "/me/addresses" : null)
  const [address, setAddress] = useState<Written>(() => draft.now() ?? blank(country))
  const chosenHow = useBuying()
  // A play is bought by itself: what, how many and by which play stand in the address.
  const { query } = useAddress()
  const play = query.get("play") ?? ""
  const sku = query.get("sku") ?? ""
  const here = query.size ? `/checkout?${query}` : "/checkout"
  const quantity = Number(query.get("quantity") ?? 1) || 1
  const instead = useMemo(
    () => (play && sku ? [{ sku, quantity, price: 0, per: 1 }] : undefined),
    [play, sku, quantity],
  )
  const to = address.parts.some((one) => one.trim())
    ? { country: address.country, region: regionText(address.country, address.parts) }
    : undefined
  const { lines, quote, current, refusal: quoteRefusal, again } = useQuote({ instead, play, to })
  const [chosen, setChosen] = useState<string>()
  const [keep, setKeep] = useState(false)
  const [method, setMethod] = useState<"card" | "qr" | "split">("card")
  const [part, setPart] = useState("")
  const [lacks, setLacks] = useState<Missing>({})
  const [refusal, setRefusal] = useState<Refusal>()
  const [moved, setMoved] = useState<{ before: number; now: number }>()
  const [busy, setBusy] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const wish = useRef({ of: "", key: "" })

  useEffect(() => {
    document.title = t("checkoutTitle")
  }, [t])
  const first = addresses?.items[0]
  const email = me?.identities.find((one) => one.kind === "email")?.value ?? ""
  useEffect(() => {
    if (!first || draft.now()) return
    setChosen(first.id)
    setAddress(written(first, email))
  }, [first, email])

  if (!lines.length)
    return (
      <Empty title={t("cartEmpty")} body={t("cartEmptyBody")}>
        <Go className="button main" href="/">
          {t("startShopping")}
        </Go>
      </Empty>
    )

  const total = quote?.total ?? 0
  const due = quote?.due ?? 0
  const notThisWay = quote?.lines.find((line) => line.code)?.code
  const cardPart = parseAmount(part, currency)
  const splitWrong = method === "split" && (cardPart === null || cardPart < 1 || cardPart >= due)
  const told: Record<string, string> = {}
  for (const error of refusal?.errors ?? []) told[error.pointer.split("/").at(-1) ?? ""] = error.message

  const place = async (event: FormEvent) => {
    event.preventDefault()
    if (!quote || busy) return
    const lack = missing(address)
    setLacks(lack)
    if (Object.keys(lack).length || splitWrong) {
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus())
      return
    }
    const body = {
      lines: quote.lines.map((line) => ({ sku: line.sku, quantity: line.quantity })),
      ...wishes(chosenHow),
      ...(play ? { play } : {}),
      contact: {
        name: address.name.trim(),
        phone: address.phone.trim(),
        email: address.email.trim(),
        country: address.country,
        region: regionText(address.country, address.parts),
        address: address.street.trim(),
        postal_code: address.zip.trim(),
      },
      expected_total_minor: total,
    }
    // The same wish is sent under the same key, however often the button is pressed or the line breaks.
    const of = JSON.stringify(body)
    if (wish.current.of !== of) wish.current = { of, key: crypto.randomUUID() }
    setBusy(true)
    setRefusal(undefined)
    setMoved(undefined)
    try {
      const placed = await ask<OrderedView>("POST", "/orders", { body, key: wish.current.key })
      holdOrder(placed.id, placed.key)
      if (keep && held)
        await ask("POST", "/me/addresses", {
          body: {
            name: body.contact.name,
            phone: body.contact.phone,
            country: body.contact.country,
            region: body.contact.region,
            address: body.contact.address,
            postal_code: body.contact.postal_code,
          },
        }).catch(() => undefined) // the order stands without it
      await pay(placed)
      if (!instead) basket.keep([])
      buying.keep(NOTHING_CHOSEN)
      draft.keep(null)
      go(`/orders/${placed.id}`, { replace: true })
    } catch (thrown) {
      const refused = refusalOf(thrown)
      if (refused.code === "order.total_moved") {
        setMoved({ before: total, now: Number(refused.total_minor) })
      } else {
        setRefusal(refused)
      }
      again()
    }
    setBusy(false)
  }

  const pay = async (placed: OrderedView) => {
    const tenders =
      method === "split"
        ? [
            { method: "card", amount_minor: cardPart },
            { method: "qr", amount_minor: due - (cardPart ?? 0) },
          ]
        : [{ method }]
    // What is refused here is told on the order's page, where it can be tried again.
    for (const tender of placed.total ? tenders : [])
      await ask<FrontPaymentView>("POST", `/orders/${placed.id}/payments`, {
        body: tender,
        orderKey: placed.key,
        key: `${wish.current.key} ${tender.method}`,
      }).catch(() => undefined)
  }

  return (
    <form ref={form} onSubmit={place} noValidate>
      <h1>{t("checkoutTitle")}</h1>
      <div className="with-summary">
        <div className="steps">
          {held ? null : (
            <Notice>
              {t("guestNote")} <Go href={`/account?next=${encodeURIComponent(here)}`}>{t("signIn")}</Go>
            </Notice>
          )}
          <fieldset>
            <legend>{t("address")}</legend>
            {addresses?.items.length ? (
              <div className="saved" role="radiogroup" aria-label={t("savedAddresses")}>
                {addresses.items.map((one) => (
                  <label key={one.id}>
                    <input
                      type="radio"
                      name="saved"
                      checked={chosen === one.id}
                      onChange={() => {
                        setChosen(one.id)
                        setAddress(written(one, email))
                      }}
                    />
                    <span>
                      <strong>{one.name}</strong> {one.phone}
                      <br />
                      {one.address}, {one.region} {one.postal_code}
                    </span>
                  </label>
                ))}
                <label>
                  <input
                    type="radio"
                    name="saved"
                    checked={chosen === undefined}
                    onChange={() => {
                      setChosen(undefined)
                      setAddress(blank(country))
                    }}
                  />
                  <span>{t("otherAddress")}</span>
                </label>
              </div>
            ) : null}
            {chosen === undefined ? (
              <>
                <AddressForm
                  written={address}
                  onWrite={(next) => {
                    setAddress(next)
                    draft.keep(next)
                  }}
                  lacks={lacks}
                  told={told}
                />
                {held ? (
                  <label className="choice">
                    <input type="checkbox" checked={keep} onChange={(event) => setKeep(event.target.checked)} />
                    <span>{t("saveAddress")}</span>
                  </label>
                ) : null}
              </>
            ) : null}
          </fieldset>
          <Savings quote={quote} currency={currency} />
          <fieldset>
            <legend>{t("payBy")}</legend>
            <div className="saved">
              {(["card", "qr", "split"] as const).map((one) => (
                <label key={one}>
                  <input type="radio" name="method" checked={method === one} onChange={() => setMethod(one)} />
                  <span>
                    {t(one)}
                    {one === "split" ? <small className="muted"> {t("splitHint")}</small> : null}
                  </span>
                </label>
              ))}
            </div>
            {method === "split" ? (
              <div className="fields">
                <Field
                  label={t("cardPart")}
                  inputMode="decimal"
                  value={part}
                  error={
                    part && splitWrong
                      ? t("badAmount", { least: amountText(1, currency), most: amountText(due - 1, currency) })
                      : undefined
                  }
                  aria-required
                  onChange={(event) => setPart(event.target.value)}
                />
                {cardPart !== null && !splitWrong ? (
                  <p className="split-rest num">{t("qrPart", { amount: moneyText(due - cardPart, currency) })}</p>
                ) : null}
              </div>
            ) : null}
          </fieldset>
        </div>
        <section className="summary" aria-labelledby="summary" aria-busy={!current}>
          <h2 id="summary">{t("summary")}</h2>
          <ul className="brief">
            {quote?.lines.map((line) => (
              <li key={line.sku}>
                <span>
                  {calm(line.title)} <span className="muted num">× {line.quantity}</span>
                </span>
                <span className="num">{moneyText(line.gross - line.discount, currency)}</span>
              </li>
            ))}
          </ul>
          {quote ? <Hints of={quote.hints} currency={currency} /> : null}
          {quote ? <Summary sums={quote} currency={currency} /> : <div className="waiting" />}
          {quoteRefusal ? <Refused refusal={quoteRefusal} again={again} /> : null}
          {play && notThisWay ? (
            <Notice tone="bad">{t(SOLD_OUT.has(notThisWay) ? "soldOut" : "notThisWay")}</Notice>
          ) : null}
          {play && (notThisWay || (quoteRefusal && quoteRefusal.code !== "promotion.members_only")) ? (
            <Go className="button plain wide" href={`/search?q=${encodeURIComponent(sku)}`}>
              {t("ordinary")}
            </Go>
          ) : null}
          {moved ? (
            <Notice tone="bad">
              {t("totalMoved", { before: moneyText(moved.before, currency), now: moneyText(moved.now, currency) })}
            </Notice>
          ) : null}
          {refusal ? <Refused refusal={refusal} /> : null}
          {quote && !quote.complete && !play ? (
            <Notice tone="bad">
              <Go href="/cart">{t("fixFirst")}</Go>
            </Notice>
          ) : null}
          <Button
            type="submit"
            tone="main"
            className="wide"
            busy={busy}
            disabled={!quote?.complete || !current || busy || !front.open}
          >
            {busy
              ? t("placing")
              : due < total
                ? t("depositFirst", { amount: moneyText(due, currency) })
                : t("place", { amount: moneyText(total, currency) })}
          </Button>
        </section>
      </div>
    </form>
  )
}
