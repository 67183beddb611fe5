import { fetcher, problemOf } from "@kit/api/client"
import type { TillWalletView } from "@kit/api/schema.gen"
import { countText, moneyText } from "@kit/format"
import { useWords } from "@kit/words"
import { useEffect, useRef, useState } from "react"
import type { Member } from "../keep/db"
import { useNamed } from "../quote/says"
import { Dialog, KeyButton } from "../till/parts"
import { told, usePos, useStanding } from "../till/pos"
import { words } from "../words"

/** A phone number has a plus or is all digits of a phone's length; everything else is a card. */
export function memberOf(typed: string): Pick<Member, "kind" | "value"> | null {
  const value = typed.replace(/[\s-]/g, "")
  if (value.length < 3) return null
  return { kind: /^\+\d{7,15}$/.test(value) || /^1\d{10}$/.test(value) ? "phone" : "card", value }
}

export function MemberDialog(props: { member: Member | null; take(member: Member | null): void; close(): void }) {
  const t = useWords(words)
  const standing = useStanding()
  const [text, setText] = useState("")
  const [said, say] = useState("")
  const [found, setFound] = useState<TillWalletView | null>(null)
  const wanted = memberOf(text)
  const asked = useRef(0)

  useEffect(() => {
    const who = memberOf(text)
    const mine = ++asked.current
    say("")
    setFound(null)
    if (!who) return
    if (!standing.online) return say(t("memberOffline"))
    const timer = setTimeout(() => {
      told(fetcher.POST("/v1/till/wallet", { body: { member: who } as never })).then(
        (wallet) => mine === asked.current && setFound(wallet),
        (thrown) =>
          mine === asked.current && say(problemOf(thrown)?.status === 404 ? t("memberNew") : t("memberOffline")),
      )
    }, 200)
    return () => clearTimeout(timer)
  }, [text, standing.online, t])
  const name = found?.name ?? ""

  function take(typed: string) {
    const who = memberOf(typed)
    if (!who) return
    props.take({ ...who, name: typed === text ? name : "" })
    props.close()
  }

  return (
    <Dialog title={t("member")} close={props.close} scans={{ policy: "take", take }}>
      <label className="field field-large">
        <span>{t("memberHelp")}</span>
        <input
          autoFocus
          autoComplete="off"
          inputMode="tel"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") take(text)
          }}
        />
        <small role="status">{said}</small>
      </label>
      {found ? <Wallet found={found} typed={text} /> : null}
      <div className="dialog-foot">
        {props.member ? (
          <KeyButton
            onClick={() => {
              props.take(null)
              props.close()
            }}
          >
            {t("memberNone")}
          </KeyButton>
        ) : null}
        <KeyButton tone="primary" keyName="Enter" disabled={!wanted} onClick={() => take(text)}>
          {t("memberTake")}
        </KeyButton>
      </div>
    </Dialog>
  )
}

/** What somebody holds, as far as it can be used at a till: a card of theirs pays once it is shown. */
function Wallet({ found, typed }: { found: TillWalletView; typed: string }) {
  const t = useWords(words)
  const named = useNamed()
  const { currency } = usePos().here
  const day = (at: string) => new Date(at).toLocaleDateString()
  return (
    <section className="wallet" aria-label={t("wallet")}>
      <strong>
        {found.name || typed}
        {found.level ? <small>{t("memberLevel", { level: found.level })}</small> : null}
      </strong>
      {found.wallet.purses
        .filter((purse) => purse.usable > 0)
        .map((purse) => {
          const much = (count: number) =>
            purse.kind === "points" ? countText(count) : moneyText(count, purse.currency || currency)
          return (
            <p key={`${purse.kind} ${purse.unit}`} className="num">
              <span>
                {t.maybe(`offStage.${purse.kind}`)} {much(purse.usable)}
              </span>
              {purse.expiring && purse.expires_next ? (
                <small className="muted">
                  {t("walletExpiring", { count: much(purse.expiring), day: day(purse.expires_next) })}
                </small>
              ) : null}
            </p>
          )
        })}
      {found.coupons.map((coupon) => (
        <p key={coupon.code} className="num">
          <span>
            {t("coupon")} · {named(coupon)}
          </span>
          <small className="muted">{t("walletUntil", { day: day(coupon.valid_to) })}</small>
        </p>
      ))}
      {found.cards.map((card) => (
        <p key={card.ending} className="num">
          <span>
            {t("gift_card")} ···{card.ending}
          </span>
          <span>{moneyText(card.left, card.currency)}</span>
        </p>
      ))}
    </section>
  )
}
