/** What a member holds: points, red packets, coupons - and what is about to expire. */

import type { OwnCouponView, PurseView, WalletView } from "@kit/api/schema.gen"
import { countText, moneyText } from "@kit/format/money"
import { dayText } from "@kit/format/time"
import { useAsk } from "../ask"
import { Go } from "../router"
import { useLocale, useSay } from "../say"
import { nameOf } from "../ui/Summary"
import { Empty, Refused } from "../ui/ui"

export default function Wallet() {
  const t = useSay()
  const { value, refusal, again } = useAsk<WalletView>("/me/wallet")
  const { value: coupons } = useAsk<{ items: OwnCouponView[] }>("/coupons/mine")
  if (refusal) return <Refused refusal={refusal} again={again} />
  if (!value || !coupons) return <div className="waiting" />
  if (!value.purses.length && !coupons.items.length)
    return (
      <Empty title={t("walletEmpty")} body={t("walletEmptyBody")}>
        <Go className="button main" href="/offers">
          {t("offersTitle")}
        </Go>
      </Empty>
    )
  return (
    <>
      <div className="purses">
        {value.purses.map((one) => (
          <Purse key={`${one.kind} ${one.currency}`} one={one} wallet={value} />
        ))}
      </div>
      {coupons.items.length ? (
        <section aria-labelledby="own-coupons">
          <h2 id="own-coupons">{t("coupons")}</h2>
          <ul className="tickets">
            {coupons.items.map((one) => (
              <Coupon key={one.coupon} one={one} />
            ))}
          </ul>
        </section>
      ) : null}
    </>
  )
}

function Purse({ one, wallet }: { one: PurseView; wallet: WalletView }) {
  const t = useSay()
  const at = useLocale()
  const money = one.kind === "red_packet"
  const rate = wallet.rates.find((each) => each.burn_points > 0)
  const worth = !money && rate ? Math.floor((one.usable * rate.burn_minor) / rate.burn_points) : 0
  return (
    <section className="purse" aria-label={t(money ? "redPackets" : "points")}>
      <span className="muted">{t(money ? "redPackets" : "points")}</span>
      <strong className="num">{money ? moneyText(one.usable, one.currency) : countText(one.usable)}</strong>
      {worth && rate ? <p className="muted num">≈ {moneyText(worth, rate.currency)}</p> : null}
      {one.promised ? (
        <p className="muted">
          {t("promised", { count: money ? moneyText(one.promised, one.currency) : countText(one.promised) })}
        </p>
      ) : null}
      {one.expires_next && one.expiring ? (
        <p className="muted">
          {t(money ? "expiringMoney" : "expiring", {
            amount: moneyText(one.expiring, one.currency || "USD"),
            count: countText(one.expiring),
            day: dayText(one.expires_next, at),
          })}
        </p>
      ) : null}
      {one.owed ? <p className="field-error">{t("owedPoints", { count: countText(one.owed) })}</p> : null}
    </section>
  )
}

function Coupon({ one }: { one: OwnCouponView }) {
  const t = useSay()
  const at = useLocale()
  return (
    <li className="ticket">
      <div>
        <strong>{nameOf(one, at)}</strong>
        <p className="muted">
          <span className="mono">{one.code}</span> · {t("validUntil", { day: dayText(one.valid_to, at) })}
        </p>
      </div>
      <span className={one.state === "free" ? "price" : "muted"}>{t(`couponState.${one.state}`)}</span>
    </li>
  )
}
