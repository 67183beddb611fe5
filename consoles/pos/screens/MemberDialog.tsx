import { fetcher, problemOf } from "@kit/api/client"
import type { TillWalletView } from "@kit/api/schema.gen"
import { countText, moneyText } from "@kit/format"
import { useWords } from "@kit/words"
import { useEffect, useRef, useState } from "react"
import type { Member } from "../keep/db"
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
  const { currency } = usePos().here
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
      {found ? (
        <section className="wallet" aria-label={t("wallet")}>
          <strong>
            {found.name || text}
            {found.level ? <small>{t("memberLevel", { level: found.level })}</small> : null}
          </strong>
          {found.wallet.purses
            .filter((purse) => purse.usable > 0)
            .map((purse) => (
              <p key={`${purse.kind} ${purse.unit}`} className="num">
                <span>
                  {purse.kind === "points"
                    ? t("walletPoints", { count: countText(purse.usable) })
                    : `${t("redPacket")} ${moneyText(purse.usable, purse.currency || currency)}`}
                </span>
                {purse.expiring && purse.expires_next ? (
                  <small className="muted">
                    {t("walletExpiring", {
                      count:
                        purse.kind === "points"
                          ? countText(purse.expiring)
                          : moneyText(purse.expiring, purse.currency || currency),
                      day: new Date(purse.expires_next).toLocaleDateString(),
                    })}
                  </small>
                ) : null}
              </p>
            ))}
        </section>
      ) : null}
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
