/** What a member holds, on their page: points, red packets and stored value, with the next expiry in sight. */

import { api } from "@kit/api/client"
import { relativeText } from "@kit/format"
import { Section } from "@kit/record"
import { useSession } from "@kit/session"
import { Go } from "@kit/shell/go"
import { useLocale, useWords } from "@kit/words"
import { Button } from "antd"
import { useState } from "react"
import "./assets.css"
import { GiveDialog } from "./GiveDialog"
import { amountOf } from "./said"
import { words } from "./words"

export function Wallet({ member }: { member: string }) {
  const t = useWords(words)
  const locale = useLocale()
  const { may } = useSession()
  const [giving, give] = useState(false)
  const seen = api.useQuery("get", "/v1/members/{member_id}/wallet", { params: { path: { member_id: member } } })
  const cards = api.useQuery("get", "/v1/cards", { params: { query: { member, limit: 20 } } })
  const purses = seen.data?.purses ?? []
  const own = cards.data?.items ?? []
  const nothing = purses.every((one) => one.lots.length === 0 && one.owed === 0) && own.length === 0
  return (
    <Section
      title={t("wallet")}
      extra={
        <>
          {may("asset:grant") ? (
            <Button size="small" onClick={() => give(true)}>
              {t("give")}
            </Button>
          ) : null}{" "}
          <Go to={`/asset/lots?member=${member}`}>{t("allLots")}</Go>
        </>
      }
    >
      {seen.data && cards.data && nothing ? <p className="muted">{t("emptyWallet")}</p> : null}
      <div className="assets-wallet">
        {nothing
          ? null
          : purses.map((one) => (
              <div key={`${one.kind} ${one.unit}`} className="assets-purse">
                <span className="muted">{t(`kinds.${one.kind}`)}</span>
                <strong className="num">{amountOf(one.usable, one.currency)}</strong>
                {one.promised ? (
                  <p>
                    {t("promised")} <span className="num">{amountOf(one.promised, one.currency)}</span>
                  </p>
                ) : null}
                {one.held ? (
                  <p>
                    <span className="num">{amountOf(one.held, one.currency)}</span> {t("held")}
                  </p>
                ) : null}
                {one.owed ? (
                  <p className="bad">
                    {t("owes")} <span className="num">{amountOf(one.owed, one.currency)}</span>
                  </p>
                ) : null}
                {one.expires_next ? (
                  <p>
                    {t("nextExpiry", {
                      amount: amountOf(one.expiring, one.currency),
                      when: relativeText(one.expires_next, Date.now(), locale),
                    })}
                  </p>
                ) : null}
              </div>
            ))}
        {own.map((card) => (
          <div key={card.id} className="assets-purse">
            <span className="muted">{t("ownCards")}</span>
            <strong className="num">
              <Go to={`/cards/${card.id}`}>{amountOf(card.left, card.currency)}</Go>
            </strong>
            <p>
              <span className="mono">···{card.ending}</span> {t(`cardStates.${card.state as "active"}`)}
            </p>
          </div>
        ))}
      </div>
      {giving ? <GiveDialog member={member} close={() => give(false)} /> : null}
    </Section>
  )
}
