/** What takes something off or comes with it, in one tap each: coupons, points, red packets, services. */

import type { HintView, OwnCouponView, QuotedView, WalletView } from "@kit/api/schema.gen"
import { countText, moneyText } from "@kit/format/money"
import { type FormEvent, useState, useSyncExternalStore } from "react"
import { useAsk } from "../ask"
import { buying, toggled, useBuying } from "../buying"
import { session } from "../held"
import { type Say, useLocale, useSay } from "../say"
import { nameOf } from "./Summary"
import { Button } from "./ui"

interface Coupons {
  items: OwnCouponView[]
}

export function Savings({ quote, currency }: { quote: QuotedView | undefined; currency: string }) {
  const held = useSyncExternalStore(session.listen, session.now)
  const services = quote?.hints.filter((one) => one.stage === "fee" && (one.why === "optional" || one.why === "chosen"))
  return (
    <>
      {services?.length ? <Services of={services} currency={currency} /> : null}
      <CouponChoice quote={quote} currency={currency} held={held !== null} />
      {held ? <Purses quote={quote} currency={currency} /> : null}
    </>
  )
}

function Services({ of, currency }: { of: HintView[]; currency: string }) {
  const t = useSay()
  const at = useLocale()
  const chosen = useBuying()
  return (
    <fieldset>
      <legend>{t("services")}</legend>
      <div className="saved">
        {of.map((one) => {
          const code = one.rule.split("@")[0] ?? one.rule
          return (
            <label key={code}>
              <input
                type="checkbox"
                checked={chosen.services.includes(code)}
                onChange={() => buying.keep({ ...chosen, services: toggled(chosen.services, code) })}
              />
              <span>{nameOf(one, at)}</span>
              <span className="num muted">+{moneyText(one.amount, currency)}</span>
            </label>
          )
        })}
      </div>
    </fieldset>
  )
}

function CouponChoice({ quote, currency, held }: { quote: QuotedView | undefined; currency: string; held: boolean }) {
  const t = useSay()
  const at = useLocale()
  const chosen = useBuying()
  const { value } = useAsk<Coupons>(held ? "/coupons/mine?of=free" : null)
  const [typed, type] = useState("")
  const mine = value?.items ?? []
  const told = (quote?.off ?? []).filter((one) => one.stage === "coupon" || one.stage === "subsidy")
  const saves = told.reduce((all, one) => all + one.amount, 0)
  const pick = (coupons: string[] | null) => buying.keep({ ...chosen, coupons })
  const extra = (chosen.coupons ?? []).filter((code) => !mine.some((one) => one.code === code))
  const enter = (event: FormEvent) => {
    event.preventDefault()
    const code = typed.trim().toUpperCase()
    if (!code) return
    pick([...new Set([...(chosen.coupons ?? []), code])])
    type("")
  }
  return (
    <fieldset>
      <legend>{t("coupons")}</legend>
      <div className="saved">
        {mine.length ? (
          <label>
            <input type="radio" name="coupon" checked={chosen.coupons === null} onChange={() => pick(null)} />
            <span>{t("couponBest")}</span>
            {chosen.coupons === null && saves ? (
              <strong className="num price">{moneyText(-saves, currency)}</strong>
            ) : null}
          </label>
        ) : null}
        {mine.map((one) => (
          <label key={one.coupon}>
            <input
              type="radio"
              name="coupon"
              checked={chosen.coupons?.includes(one.code) ?? false}
              onChange={() => pick([one.code])}
            />
            <span>
              {nameOf(one, at)}
              <small className="muted"> {whyNot(one, quote, currency, t)}</small>
            </span>
          </label>
        ))}
        {extra.map((code) => (
          <label key={code}>
            <input type="checkbox" checked onChange={() => pick(toggled(chosen.coupons ?? [], code))} />
            <span className="mono">{code}</span>
            {saves ? <strong className="num price">{moneyText(-saves, currency)}</strong> : null}
          </label>
        ))}
        {mine.length ? (
          <label>
            <input type="radio" name="coupon" checked={chosen.coupons?.length === 0} onChange={() => pick([])} />
            <span>{t("couponNone")}</span>
          </label>
        ) : null}
      </div>
      <div className="beside">
        <label className="sr-only" htmlFor="coupon-code">
          {t("couponCode")}
        </label>
        <input
          id="coupon-code"
          value={typed}
          maxLength={64}
          autoComplete="off"
          autoCapitalize="characters"
          placeholder={t("couponCode")}
          onChange={(event) => type(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") enter(event)
          }}
        />
        <Button onClick={enter} disabled={!typed.trim()}>
          {t("couponUse")}
        </Button>
      </div>
    </fieldset>
  )
}

/** Why a coupon in hand takes nothing off this basket, or what it saves. */
function whyNot(one: OwnCouponView, quote: QuotedView | undefined, currency: string, t: Say): string {
  const hint = quote?.hints.find((each) => each.rule === one.promotion)
  if (!hint) return ""
  if (hint.outcome === "applied") return t("saves", { amount: moneyText(hint.amount, currency) })
  if (hint.outcome === "near" && hint.gap_unit === "minor")
    return t("couponNear", { amount: moneyText(hint.gap, currency) })
  return t("couponBarred")
}

function Purses({ quote, currency }: { quote: QuotedView | undefined; currency: string }) {
  const t = useSay()
  const chosen = useBuying()
  const { value } = useAsk<WalletView>("/me/wallet")
  const points = value?.purses.find((one) => one.kind === "points")
  const packets = value?.purses.find((one) => one.kind === "red_packet" && one.currency === currency)
  const rate = value?.rates.find((one) => one.currency === currency)
  const paid = (stage: string) =>
    (quote?.off ?? []).filter((one) => one.stage === stage).reduce((all, one) => all + one.amount, 0)
  const worth = points && rate?.burn_points ? Math.floor((points.usable * rate.burn_minor) / rate.burn_points) : 0
  if (!worth && !packets?.usable) return null
  return (
    <fieldset>
      <legend>{t("wallet")}</legend>
      <div className="saved">
        {worth && points ? (
          <label>
            <input
              type="checkbox"
              checked={chosen.points}
              onChange={() => buying.keep({ ...chosen, points: !chosen.points })}
            />
            <span>{t("usePoints", { count: countText(points.usable), amount: moneyText(worth, currency) })}</span>
            {paid("points") ? <strong className="num price">{moneyText(-paid("points"), currency)}</strong> : null}
          </label>
        ) : null}
        {packets?.usable ? (
          <label>
            <input
              type="checkbox"
              checked={chosen.packets}
              onChange={() => buying.keep({ ...chosen, packets: !chosen.packets })}
            />
            <span>{t("usePackets", { amount: moneyText(packets.usable, currency) })}</span>
            {paid("red_packet") ? (
              <strong className="num price">{moneyText(-paid("red_packet"), currency)}</strong>
            ) : null}
          </label>
        ) : null}
      </div>
    </fieldset>
  )
}
