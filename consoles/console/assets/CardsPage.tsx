/** Gift cards and stored value: what is left on each, and on all by the month they were issued in. */

import { PlusOutlined } from "@ant-design/icons"
import { api } from "@kit/api/client"
import type { GiftCardView } from "@kit/api/schema.gen"
import { Money, moneyText, Time } from "@kit/format"
import { ListPage } from "@kit/list"
import { useSession } from "@kit/session"
import { useWords } from "@kit/words"
import { App, Button } from "antd"
import { useState } from "react"
import "./assets.css"
import { ActivateDialog } from "./ActivateDialog"
import { IssueDialog } from "./IssueDialog"
import { CardStatus, Ending } from "./said"
import { words } from "./words"

export default function CardsPage() {
  const t = useWords(words)
  const { may } = useSession()
  const [issuing, issue] = useState(false)
  const [activating, activate] = useState<readonly GiftCardView[]>([])
  const { message } = App.useApp()
  const owed = api.useQuery("get", "/v1/assets/cards-liability", {})
  const months = owed.data?.months ?? []
  const currencies = [...new Set(months.map((one) => one.currency))]

  function begin(cards: GiftCardView[]) {
    const issued = cards.filter((one) => one.state === "issued")
    if (issued.length) activate(issued)
    else message.info(t("noneIssued"))
  }

  return (
    <>
      <ListPage
        name="cards"
        title={t("cards")}
        path="/v1/cards"
        row={(one) => one.id}
        open={(one) => `/cards/${one.id}`}
        search={{ key: "ending", hint: t("ending") }}
        above={
          currencies.length ? (
            <div className="assets-lead">
              {currencies.map((currency) => {
                const mine = months.filter((one) => one.currency === currency)
                const left = mine.reduce((sum, one) => sum + one.left, 0)
                const expired = mine.reduce((sum, one) => sum + one.expired, 0)
                return (
                  <span key={currency}>
                    {t("cardsOwedLead")}: <strong className="num">{moneyText(left, currency)}</strong>
                    {expired ? ` · ${moneyText(expired, currency)} ${t("expiredPart")}` : null}
                  </span>
                )
              })}
            </div>
          ) : null
        }
        filters={[
          {
            key: "state",
            title: t("state"),
            kind: "choice",
            pinned: true,
            options: (["active", "issued", "blocked", "written_off"] as const).map((value) => ({
              value,
              label: t(`cardStates.${value}`),
            })),
          },
          {
            key: "origin",
            title: t("origin"),
            kind: "choice",
            pinned: true,
            options: (["sold", "granted"] as const).map((value) => ({ value, label: t(value) })),
          },
          { key: "batch", title: t("batch"), kind: "text" },
          { key: "month", title: t("month"), kind: "text" },
          { key: "member", title: t("member"), kind: "text" },
        ]}
        columns={[
          {
            key: "card",
            title: t("card"),
            always: true,
            width: "minmax(120px, 1fr)",
            render: (one) => <Ending of={one.ending} />,
          },
          { key: "state", title: t("state"), width: "130px", render: (one) => <CardStatus state={one.state} /> },
          {
            key: "left",
            title: t("onIt"),
            width: "100px",
            align: "end",
            render: (one) => <Money minor={one.left} currency={one.currency} />,
          },
          {
            key: "face",
            title: t("face"),
            width: "100px",
            align: "end",
            render: (one) => (
              <span className="muted">
                <Money minor={one.face} currency={one.currency} />
              </span>
            ),
          },
          {
            key: "origin",
            title: t("origin"),
            width: "minmax(130px, 1fr)",
            render: (one) =>
              one.origin === "granted"
                ? `${t("granted")} · ${one.funder}`
                : one.method
                  ? `${t("sold")} · ${one.method}`
                  : "",
          },
          {
            key: "member",
            title: t("member"),
            width: "minmax(120px, 1fr)",
            render: (one) => <span className="cut">{one.member_name || one.member}</span>,
          },
          { key: "place", title: t("place"), width: "90px", render: (one) => one.place },
          {
            key: "expires",
            title: t("cardExpiry"),
            width: "120px",
            render: (one) =>
              one.expires_at ? <Time at={one.expires_at} /> : <span className="muted">{t("never")}</span>,
          },
          { key: "issued", title: t("issued"), width: "130px", render: (one) => <Time at={one.issued_at} /> },
        ]}
        bulk={
          may("asset:card")
            ? [{ key: "activate", label: (count) => t("activateMany", { count }), run: begin }]
            : undefined
        }
        action={
          may("asset:card") ? (
            <Button type="primary" icon={<PlusOutlined />} onClick={() => issue(true)}>
              {t("issue")}
            </Button>
          ) : null
        }
        empty={{ title: t("noCards"), body: t("noCardsBody") }}
      />
      {activating.length ? <ActivateDialog cards={activating} close={() => activate([])} /> : null}
      {issuing ? <IssueDialog close={() => issue(false)} /> : null}
    </>
  )
}
