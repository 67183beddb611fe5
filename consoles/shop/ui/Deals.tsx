/** The plays a product can be bought by: flash sale, presale, group. Everything counted is the server's. */

import type {
  FlashSalesView,
  FrontFlashSale,
  FrontGroup,
  FrontGroupBuy,
  FrontGroupBuys,
  FrontPresale,
  FrontPresales,
} from "@kit/api/schema.gen"
import { moneyText } from "@kit/format/money"
import { dayText } from "@kit/format/time"
import { useState } from "react"
import { useAsk } from "../ask"
import { leftText, useServerNow } from "../countdown"
import { BASE } from "../place"
import { go, useAddress } from "../router"
import { useLocale, useSay } from "../say"
import { nameOf } from "./Summary"
import { Button } from "./ui"

export default function Deals({ sku, quantity }: { sku: string; quantity: number }) {
  const { value: flash } = useAsk<FlashSalesView>("/flash-sales")
  const { value: presales } = useAsk<FrontPresales>("/presales")
  const { value: groups } = useAsk<FrontGroupBuys>("/group-buys")
  const { query } = useAddress()
  return (
    <>
      {flash?.items
        .filter((one) => one.items.some((item) => item.sku === sku))
        .map((one) => (
          <Flash key={one.code} of={one} told={flash} sku={sku} quantity={quantity} />
        ))}
      {presales?.items
        .filter((one) => one.items.some((item) => item.sku === sku))
        .map((one) => (
          <Presale key={one.code} of={one} told={presales} sku={sku} quantity={quantity} />
        ))}
      {groups?.items
        .filter((one) => one.items.some((item) => item.sku === sku))
        .map((one) => (
          <Group key={one.code} of={one} told={groups} sku={sku} quantity={quantity} invited={query.get("group")} />
        ))}
    </>
  )
}

function buyBy(play: string, sku: string, quantity: number): void {
  go(`/checkout?play=${encodeURIComponent(play)}&sku=${encodeURIComponent(sku)}&quantity=${quantity}`)
}

export function Left({ left, of }: { left: number; of: number }) {
  const t = useSay()
  const taken = of ? Math.round(((of - left) * 100) / of) : 100
  return (
    <div className="deal-left">
      <progress max={100} value={taken} aria-label={t("takenOf", { percent: taken })} />
      <span className="num">{left ? t("leftOf", { count: left }) : t("soldOut")}</span>
    </div>
  )
}

export function Flash(props: { of: FrontFlashSale; told: { at: string }; sku: string; quantity: number }) {
  const { of, told, sku, quantity } = props
  const t = useSay()
  const at = useLocale()
  const now = useServerNow(told)
  const item = of.items.find((one) => one.sku === sku)
  if (!item) return null
  const before = Date.parse(of.begins_at) > now
  const over = Date.parse(of.ends_at) <= now
  return (
    <section className="deal" aria-label={t("flashSale")}>
      <header>
        <strong>{t("flashSale")}</strong>
        <span className="num" role="timer">
          {over
            ? t("saleOver")
            : t(before ? "beginsIn" : "endsIn", {
                time: leftText(before ? of.begins_at : of.ends_at, now, (count) => t("days", { count })),
              })}
        </span>
      </header>
      <p>
        <span className="price num large">{moneyText(item.price_minor, of.currency)}</span> {nameOf(of, at)}
      </p>
      <Left left={item.left} of={item.allotment} />
      {item.held ? <p className="muted">{t("heldByOthers", { count: item.held })}</p> : null}
      {item.per_member ? <p className="muted">{t("perMember", { count: item.per_member })}</p> : null}
      {of.entry === "play" ? (
        <Button
          tone="main"
          className="wide"
          disabled={before || over || item.left === 0}
          onClick={() => buyBy(of.code, sku, Math.min(quantity, item.per_order || quantity))}
        >
          {t(item.left === 0 ? "soldOut" : before ? "notYet" : "buyNow")}
        </Button>
      ) : (
        <p className="muted">{t("flashAutomatic")}</p>
      )}
    </section>
  )
}

export function Presale(props: { of: FrontPresale; told: { at: string }; sku: string; quantity: number }) {
  const { of, told, sku, quantity } = props
  const t = useSay()
  const at = useLocale()
  const now = useServerNow(told)
  const item = of.items.find((one) => one.sku === sku)
  if (!item) return null
  const money = (minor: number) => moneyText(minor, of.currency)
  const before = Date.parse(of.deposit_from) > now
  return (
    <section className="deal" aria-label={t("presale")}>
      <header>
        <strong>{t("presale")}</strong>
        <span className="num" role="timer">
          {t(before ? "beginsIn" : "endsIn", {
            time: leftText(before ? of.deposit_from : of.deposit_to, now, (count) => t("days", { count })),
          })}
        </span>
      </header>
      <p>
        <span className="price num large">{money(item.price_minor)}</span> {nameOf(of, at)}
      </p>
      <ol className="deal-legs">
        <li>
          {t("depositLeg", { amount: money(item.deposit_minor), day: dayText(of.deposit_to, at) })}
          {item.counts_minor > item.deposit_minor ? ` ${t("depositCounts", { amount: money(item.counts_minor) })}` : ""}
        </li>
        <li>
          {t("balanceLeg", {
            amount: money(item.price_minor - item.counts_minor),
            from: dayText(of.balance_from, at),
            to: dayText(of.balance_to, at),
          })}
        </li>
        <li>{t("shipsBy", { day: dayText(of.ships_by, at) })}</li>
      </ol>
      <p className="muted">{t(of.earnest ? "earnest" : "prepaid")}</p>
      <p className="muted">{item.left ? t("leftOf", { count: item.left }) : t("soldOut")}</p>
      <Button
        tone="main"
        className="wide"
        disabled={before || item.left === 0}
        onClick={() => buyBy(of.code, sku, quantity)}
      >
        {t("payDeposit", { amount: money(item.deposit_minor * quantity) })}
      </Button>
    </section>
  )
}

export function Group(props: {
  of: FrontGroupBuy
  told: { at: string }
  sku: string
  quantity: number
  invited: string | null
}) {
  const { of, told, sku, quantity, invited } = props
  const t = useSay()
  const at = useLocale()
  const now = useServerNow(told)
  const item = of.items.find((one) => one.sku === sku)
  if (!item) return null
  const money = (minor: number) => moneyText(minor, of.currency)
  const count = Math.max(quantity, item.least || 1)
  const open = of.groups.filter((one) => one.state === "open" && Date.parse(one.closes_at) > now)
  const opening = item.head_minor
  const shown = invited
    ? open.filter((one) => one.code === invited).concat(open.filter((one) => one.code !== invited))
    : open
  return (
    <section className="deal" aria-label={t("groupBuy")}>
      <header>
        <strong>{t("groupBuy")}</strong>
        <span className="num" role="timer">
          {t("endsIn", { time: leftText(of.open_to, now, (count) => t("days", { count })) })}
        </span>
      </header>
      <p>{nameOf(of, at)}</p>
      <ul className="deal-steps">
        {of.thresholds.map((threshold, no) => (
          <li key={threshold}>
            {t(`groupOf.${of.by}` as "groupOf.people", {
              count: threshold,
              amount: money(threshold),
            })}{" "}
            <strong className="num price">{money(item.prices_minor[no] ?? item.prices_minor[0] ?? 0)}</strong>
          </li>
        ))}
      </ul>
      {shown.map((one) => (
        <Joined
          key={one.code}
          of={one}
          now={now}
          mine={one.code === invited}
          join={() => buyBy(one.code, sku, count)}
        />
      ))}
      <Button tone={shown.length ? "plain" : "main"} className="wide" onClick={() => buyBy(of.code, sku, count)}>
        {opening ? t("openGroupAt", { amount: money(opening) }) : t("openGroup")}
      </Button>
      {opening && of.heads_left != null ? <p className="muted">{t("headsLeft", { count: of.heads_left })}</p> : null}
      {of.newcomers ? <p className="muted">{t("newcomersKept", { count: of.newcomers })}</p> : null}
      <p className="muted">{t("groupPromise", { hours: of.hours })}</p>
    </section>
  )
}

function Joined({ of, now, mine, join }: { of: FrontGroup; now: number; mine: boolean; join: () => void }) {
  const t = useSay()
  const left = Math.max(of.holds - of.measured - of.under_way, 0)
  return (
    <div className="deal-group">
      <span>
        {mine ? <strong>{t("invited")} </strong> : null}
        {t("seatsLeft", { count: left })}
        {left && of.regulars_left === 0 ? ` (${t("newcomersOnly")})` : null} ·{" "}
        <span className="num">{leftText(of.closes_at, now)}</span>
      </span>
      <Share group={of.code} />
      <Button tone="main" disabled={left === 0} onClick={join}>
        {t("joinGroup")}
      </Button>
    </div>
  )
}

/** The address others join by. */
export function Share({ group }: { group: string }) {
  const t = useSay()
  const [copied, copy] = useState(false)
  return (
    <button
      type="button"
      className="link"
      onClick={() => {
        const address = `${location.origin}${BASE}/groups/${encodeURIComponent(group)}`
        void navigator.clipboard?.writeText(address).then(() => copy(true))
      }}
    >
      {t(copied ? "copied" : "shareGroup")}
    </button>
  )
}
