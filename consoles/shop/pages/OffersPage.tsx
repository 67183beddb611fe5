/** What can be had now: coupons to claim, and everything that is sold for a time or together. */

import type {
  FlashSalesView,
  FrontGroupBuys,
  FrontPresales,
  FrontReservation,
  OfferedView,
  OffersView,
  ReservationsView,
  ShownView,
  SignedView,
} from "@kit/api/schema.gen"
import { moneyText } from "@kit/format/money"
import { dayText } from "@kit/format/time"
import { useEffect, useState } from "react"
import { ask, type Refusal, refusalOf, useAsk } from "../ask"
import { leftText, useServerNow } from "../countdown"
import { useFront } from "../front"
import { Go, go } from "../router"
import { useLocale, useSay } from "../say"
import { Left } from "../ui/Deals"
import { nameOf } from "../ui/Summary"
import { Button, calm, Empty, Refused } from "../ui/ui"

export default function OffersPage() {
  const t = useSay()
  const { value: coupons, refusal, again } = useAsk<OffersView>("/coupons")
  const { value: flash } = useAsk<FlashSalesView>("/flash-sales")
  const { value: presales } = useAsk<FrontPresales>("/presales")
  const { value: groups } = useAsk<FrontGroupBuys>("/group-buys")
  const { value: reservations } = useAsk<ReservationsView>("/reservations")
  useEffect(() => {
    document.title = t("offersTitle")
  }, [t])
  if (refusal) return <Refused refusal={refusal} again={again} />
  const nothing =
    coupons && ![coupons, flash, presales, groups, reservations].some((one) => one === undefined || one.items.length)
  return (
    <>
      <h1>{t("offersTitle")}</h1>
      {nothing ? (
        <Empty title={t("noOffers")} body={t("noOffersBody")}>
          <Go className="button main" href="/">
            {t("startShopping")}
          </Go>
        </Empty>
      ) : null}
      {coupons?.items.length ? (
        <section aria-labelledby="coupons">
          <h2 id="coupons">{t("coupons")}</h2>
          <ul className="tickets">
            {coupons.items.map((one) => (
              <Ticket key={one.batch} one={one} again={again} />
            ))}
          </ul>
        </section>
      ) : null}
      {flash?.items.length ? <FlashSales told={flash} /> : null}
      {presales?.items.length ? (
        <Plays
          title={t("presale")}
          items={presales.items.map((one) => ({
            ...one,
            skus: one.items.map((item) => item.sku),
            until: one.deposit_to,
          }))}
          at={presales.at}
        />
      ) : null}
      {groups?.items.length ? (
        <Plays
          title={t("groupBuy")}
          items={groups.items.map((one) => ({ ...one, skus: one.items.map((item) => item.sku), until: one.open_to }))}
          at={groups.at}
        />
      ) : null}
      {reservations?.items.length ? (
        <section aria-labelledby="reservations">
          <h2 id="reservations">{t("reservations")}</h2>
          <ul className="tickets">
            {reservations.items.map((one) => (
              <Reservation key={one.code} one={one} told={reservations} />
            ))}
          </ul>
        </section>
      ) : null}
    </>
  )
}

function Ticket({ one, again }: { one: OfferedView; again: () => void }) {
  const t = useSay()
  const at = useLocale()
  const [refusal, setRefusal] = useState<Refusal>()
  const [busy, setBusy] = useState(false)
  const claim = async () => {
    if (one.standing === "sign_in") return go("/account?next=/offers")
    setBusy(true)
    setRefusal(undefined)
    try {
      await ask("POST", `/coupons/${encodeURIComponent(one.batch)}`, { body: {}, key: crypto.randomUUID() })
    } catch (thrown) {
      setRefusal(refusalOf(thrown))
    }
    setBusy(false)
    again()
  }
  const can = one.standing === "claim" || one.standing === "sign_in"
  return (
    <li className="ticket">
      <div>
        <strong>{nameOf(one, at)}</strong>
        <p className="muted">
          {one.valid_to
            ? t("validUntil", { day: dayText(one.valid_to, at) })
            : t("validDays", { count: one.valid_days })}
          {one.cap ? ` · ${t("leftOf", { count: one.left })}` : ""}
          {one.most ? ` · ${t("mineOf", { mine: one.mine, most: one.most })}` : ""}
        </p>
        {refusal ? <p className="field-error">{refusal.title}</p> : null}
      </div>
      <Button tone={can ? "main" : "plain"} disabled={!can || busy} busy={busy} onClick={claim}>
        {t(`standing.${one.standing}` as "standing.claim")}
      </Button>
    </li>
  )
}

function FlashSales({ told }: { told: FlashSalesView }) {
  const t = useSay()
  const at = useLocale()
  const now = useServerNow(told)
  return (
    <section aria-labelledby="flash">
      <h2 id="flash">{t("flashSale")}</h2>
      <ul className="tickets">
        {told.items.map((one) => {
          const before = Date.parse(one.begins_at) > now
          return one.items.map((item) => (
            <li className="ticket" key={`${one.code} ${item.sku}`}>
              <div>
                <strong>{nameOf(one, at)}</strong>
                <p>
                  <Goods sku={item.sku} />
                  <span className="price num">{moneyText(item.price_minor, one.currency)}</span>
                </p>
                <p className="muted num" role="timer">
                  {t(before ? "beginsIn" : "endsIn", {
                    time: leftText(before ? one.begins_at : one.ends_at, now, (count) => t("days", { count })),
                  })}
                </p>
                <Left left={item.left} of={item.allotment} />
              </div>
            </li>
          ))
        })}
      </ul>
    </section>
  )
}

interface Play {
  code: string
  name: string
  name_zh: string
  skus: string[]
  until: string
}

function Plays({ title, items, at: told }: { title: string; items: Play[]; at: string }) {
  const t = useSay()
  const at = useLocale()
  const [answer] = useState({ at: told })
  const now = useServerNow(answer)
  return (
    <section>
      <h2>{title}</h2>
      <ul className="tickets">
        {items.map((one) => (
          <li className="ticket" key={one.code}>
            <div>
              <strong>{nameOf(one, at)}</strong>
              <p className="muted num" role="timer">
                {t("endsIn", { time: leftText(one.until, now, (count) => t("days", { count })) })}
              </p>
              <p>
                {one.skus.map((sku) => (
                  <Goods key={sku} sku={sku} />
                ))}
              </p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** A link to the product behind a SKU, under its name. */
function Goods({ sku }: { sku: string }) {
  const { value } = useAsk<ShownView>(`/products?q=${encodeURIComponent(sku)}&limit=1`)
  const found = value?.items[0]
  return (
    <Go href={found ? `/p/${encodeURIComponent(found.code)}` : `/search?q=${encodeURIComponent(sku)}`}>
      {found ? calm(found.title) : sku}{" "}
    </Go>
  )
}

function Reservation({ one, told }: { one: FrontReservation; told: ReservationsView }) {
  const t = useSay()
  const at = useLocale()
  const { open } = useFront()
  const now = useServerNow(told)
  const [mine, setMine] = useState<string>()
  const [refusal, setRefusal] = useState<Refusal>()
  const sign = async () => {
    setRefusal(undefined)
    try {
      const signed = await ask<SignedView>("POST", `/reservations/${encodeURIComponent(one.code)}/signups`, {
        body: {},
        key: crypto.randomUUID(),
      })
      setMine(signed.state)
    } catch (thrown) {
      const refused = refusalOf(thrown)
      if (refused.status === 401) return go("/account?next=/offers")
      setRefusal(refused)
    }
  }
  const standing = mine ?? one.mine
  const signing = Date.parse(one.signup_from) <= now && now < Date.parse(one.signup_to)
  const buying = Date.parse(one.buy_from) <= now && now < Date.parse(one.buy_to)
  return (
    <li className="ticket">
      <div>
        <strong>{nameOf(one, at)}</strong>
        <p className="muted">
          {t("signUpUntil", { day: dayText(one.signup_to, at) })} · {t("buyFrom", { day: dayText(one.buy_from, at) })}
          {one.left === null ? "" : ` · ${t("leftOf", { count: one.left })}`}
        </p>
        {standing ? <p role="status">{t("signedUp")}</p> : null}
        {refusal ? <p className="field-error">{refusal.title}</p> : null}
      </div>
      {buying && one.skus[0] && (standing || !signing) ? (
        <Go className="button main" href={`/search?q=${encodeURIComponent(one.skus[0])}`}>
          {t("buyNow")}
        </Go>
      ) : (
        <Button tone="main" disabled={!open || !signing || Boolean(standing) || one.left === 0} onClick={sign}>
          {t(standing ? "signedUp" : "signUp")}
        </Button>
      )}
    </li>
  )
}
