/** One negotiation: the lines with what each side said and what is left of the margin, the talk, and the answer. */

import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import type { paths } from "@kit/api/schema.gen"
import { MoneyInput } from "@kit/form"
import { exactText, Money, moneyText, Quantity, Time } from "@kit/format"
import { RecordPage, Section } from "@kit/record"
import { useSession } from "@kit/session"
import { Go } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useWords } from "@kit/words"
import { App, Button, Checkbox, DatePicker, Input } from "antd"
import dayjs, { type Dayjs } from "dayjs"
import { useState } from "react"
import "./prices.css"
import { agreeing } from "./agreeing"
import { lineAmount, marginOf, percentText, permille, sum } from "./figures"
import { Turn } from "./NegotiationsPage"
import { MarginMove, Price } from "./ProposalPage"

type Detail = paths["/v1/price-negotiations/{negotiation}"]["get"]["responses"]["200"]["content"]["application/json"]
type Line = Detail["lines"][number]
interface Said {
  side: "buyer" | "seller"
  act: "price" | "say" | "accept" | "end"
  text?: string
  prices?: { line_no: number; amount_minor: number }[]
  expires_at?: string
}

export default function NegotiationPage() {
  const negotiation = usePlace("negotiation")
  const found = api.useQuery("get", "/v1/price-negotiations/{negotiation}", { params: { path: { negotiation } } })
  return <Answer of={found}>{(detail) => <Talk key={detail.negotiation.revision} detail={detail} />}</Answer>
}

function Talk({ detail }: { detail: Detail }) {
  const t = useWords(agreeing)
  const { may } = useSession()
  const talk = detail.negotiation
  const live = talk.status === "asked" || talk.status === "offered"
  const writes = may("pricing:write") && (live || talk.status === "expired")
  return (
    <RecordPage
      title={talk.title || talk.company_name}
      back={{ to: "/prices/negotiations", label: t("back") }}
      status={<Turn of={talk} />}
      lead={
        <span className="price-lead-line">
          <Go to={`/members/companies/${encodeURIComponent(talk.company)}`}>{talk.company_name}</Go>
          <span>{talk.channel}</span>
          <span>
            {t("expires")} <Time at={talk.expires_at} exact />
          </span>
          <span>
            {t("validTo")} {talk.valid_to ? exactText(talk.valid_to).slice(0, 16) : t("forEver")} ·{" "}
            {t(talk.capped ? "cappedShort" : "everyShort")}
          </span>
          {talk.list ? (
            <span>
              {t("contract")} <Go to={`/prices/${encodeURIComponent(talk.list)}`}>{talk.list}</Go>
            </span>
          ) : null}
        </span>
      }
      aside={
        <Section title={t("conversation")}>
          <Conversation detail={detail} />
        </Section>
      }
    >
      <Lines detail={detail} writes={writes} />
      {live || talk.status === "expired" ? null : <p className="muted">{t("over")}</p>}
    </RecordPage>
  )
}

function Lines({ detail, writes }: { detail: Detail; writes: boolean }) {
  const costs = useSession().may("cost:read")
  const t = useWords(agreeing)
  const { modal } = App.useApp()
  const talk = detail.negotiation
  const [offers, offer] = useState<Record<number, number | null>>(() =>
    Object.fromEntries(detail.lines.map((one) => [one.line_no, one.offered_minor ?? one.asked_minor ?? null])),
  )
  const [asBuyer, speakAsBuyer] = useState(false)
  const [text, write] = useState("")
  const [until, extend] = useState<Dayjs | null>(null)
  const side = asBuyer ? "buyer" : "seller"
  const say = useAct(
    (key, said: Said) =>
      send(
        fetcher.POST("/v1/price-negotiations/{negotiation}/messages", {
          params: { path: { negotiation: talk.negotiation }, header: { "Idempotency-Key": key } },
          body: { revision: talk.revision, ...said } as never,
        }),
      ),
    {
      said: (answer) =>
        t(
          answer.negotiation.status === "accepted"
            ? "agreed"
            : /declined|withdrawn/.test(answer.negotiation.status)
              ? "ended"
              : "sent",
        ),
      refresh: ["/v1/price-negotiations", "/v1/price-lists", "/v1/prices"],
    },
  )
  const total = sum(detail.lines.map((one) => ({ amount: offers[one.line_no], per: one.per, quantity: one.quantity })))
  const theirs = asBuyer ? talk.offered_minor : talk.asked_minor
  const canAccept = talk.status === (asBuyer ? "offered" : "asked") && typeof theirs === "number"
  function accept() {
    modal.confirm({
      title: t(asBuyer ? "acceptOffered" : "acceptAsked", { amount: moneyText(theirs ?? 0, talk.currency) }),
      content: t("acceptBody"),
      cancelText: t("cancel"),
      onOk: () => say.mutateAsync({ side, act: "accept", text }).catch(() => undefined),
    })
  }
  function end() {
    modal.confirm({
      title: t("decline"),
      content: t("declineBody"),
      cancelText: t("cancel"),
      okButtonProps: { danger: true },
      onOk: () => say.mutateAsync({ side, act: "end", text }).catch(() => undefined),
    })
  }
  return (
    <>
      <div className="price-scroll">
        <table className="price-talk-lines">
          <thead>
            <tr>
              <th scope="col">{t("sku")}</th>
              <th scope="col">{t("quantity")}</th>
              <th scope="col">{t("base")}</th>
              <th scope="col">{t("asked")}</th>
              <th scope="col">{t("offered")}</th>
              <th scope="col">{t("margin")}</th>
              <th scope="col">{t("aboveFloor")}</th>
              {costs ? <th scope="col">{t("marginAfter")}</th> : null}
            </tr>
          </thead>
          <tbody>
            {detail.lines.map((one) => (
              <tr key={one.line_no}>
                <td>
                  {one.title || one.sku}
                  <br />
                  <small className="mono muted">{one.sku}</small>
                </td>
                <td>
                  <Quantity count={one.quantity} />
                </td>
                <td>
                  <Price amount={one.base_minor} per={one.base_per} currency={talk.currency} />
                </td>
                <td>
                  <Price amount={one.asked_minor} per={one.per} currency={talk.currency} />
                </td>
                <td>
                  {writes ? (
                    <MoneyInput
                      currency={talk.currency}
                      value={offers[one.line_no]}
                      aria-label={`${t(asBuyer ? "asked" : "offer")} ${one.sku}`}
                      onChange={(minor: number | null) => offer({ ...offers, [one.line_no]: minor })}
                    />
                  ) : (
                    <Price amount={one.offered_minor} per={one.per} currency={talk.currency} />
                  )}
                </td>
                <td>
                  <Margin of={one} at={writes ? offers[one.line_no] : (one.offered_minor ?? one.asked_minor)} />
                </td>
                <td>
                  <AboveFloor
                    of={one}
                    at={writes ? offers[one.line_no] : (one.offered_minor ?? one.asked_minor)}
                    currency={talk.currency}
                  />
                </td>
                {costs ? (
                  <td>
                    <MarginMove
                      after={marginOf(
                        (writes ? offers[one.line_no] : (one.offered_minor ?? one.asked_minor)) ?? 0,
                        one.per,
                        one.cost_minor,
                        one.cost_per,
                      )}
                    />
                  </td>
                ) : null}
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <td>{t("total")}</td>
              <td />
              <td>
                <Sum minor={talk.list_minor} currency={talk.currency} />
              </td>
              <td>
                <Sum minor={talk.asked_minor} currency={talk.currency} />
              </td>
              <td>
                <Sum minor={writes ? total : talk.offered_minor} currency={talk.currency} />
              </td>
              <td>
                <TotalMargin at={writes ? total : talk.offered_minor} list={talk.list_minor} />
              </td>
              <td />
              {costs ? <td /> : null}
            </tr>
          </tfoot>
        </table>
      </div>
      {writes ? (
        <div className="price-answer">
          {talk.status === "expired" ? <p className="muted">{t("expiredBody")}</p> : null}
          <Input.TextArea
            rows={3}
            maxLength={4000}
            value={text}
            placeholder={t("reply")}
            aria-label={t("message")}
            onChange={(event) => write(event.target.value)}
          />
          <div className="price-answer-acts">
            <Button
              type="primary"
              loading={say.isPending}
              disabled={total === null}
              onClick={() =>
                say.mutate({
                  side,
                  act: "price",
                  text,
                  prices: detail.lines.map((one) => ({ line_no: one.line_no, amount_minor: offers[one.line_no] ?? 0 })),
                  ...(until ? { expires_at: until.toISOString() } : {}),
                })
              }
            >
              {total === null ? t("sendOfferPlain") : t("sendOffer", { amount: moneyText(total, talk.currency) })}
            </Button>
            {canAccept ? (
              <Button onClick={accept}>
                {t(asBuyer ? "acceptOffered" : "acceptAsked", { amount: moneyText(theirs ?? 0, talk.currency) })}
              </Button>
            ) : null}
            <Button disabled={!text.trim()} onClick={() => say.mutate({ side, act: "say", text })}>
              {t("send")}
            </Button>
            <Button danger type="text" onClick={end}>
              {t("decline")}
            </Button>
          </div>
          <div className="price-answer-acts">
            <span className="muted" id="extend-talk">
              {t("extend")}
            </span>
            <DatePicker
              showTime
              value={until}
              aria-labelledby="extend-talk"
              placeholder={exactText(talk.expires_at).slice(0, 16)}
              minDate={dayjs()}
              onChange={extend}
            />
            <Checkbox checked={asBuyer} onChange={(event) => speakAsBuyer(event.target.checked)}>
              {t("noteBuyer")}
            </Checkbox>
          </div>
        </div>
      ) : null}
    </>
  )
}

function Sum({ minor, currency }: { minor: number | null | undefined; currency: string }) {
  return typeof minor === "number" ? <Money minor={minor} currency={currency} /> : <span className="muted">–</span>
}

function Margin({ of, at }: { of: Line; at: number | null | undefined }) {
  const moved = typeof at === "number" ? permille(at, of.per, of.base_minor, of.base_per) : null
  return moved === null ? <span className="muted">–</span> : <span className="num">{percentText(moved)}</span>
}

function TotalMargin({ at, list }: { at: number | null | undefined; list: number | null | undefined }) {
  const moved = typeof at === "number" ? permille(at, 1, list, 1) : null
  return moved === null ? <span className="muted">–</span> : <span className="num">{percentText(moved)}</span>
}

function AboveFloor({ of, at, currency }: { of: Line; at: number | null | undefined; currency: string }) {
  const t = useWords(agreeing)
  if (typeof at !== "number" || typeof of.floor_minor !== "number") return <span className="muted">–</span>
  const above = lineAmount(at, of.per, of.quantity) - lineAmount(of.floor_minor, of.per, of.quantity)
  return (
    <span className={above < 0 ? "price-below" : undefined}>
      <Money minor={above} currency={currency} signed />
      {above < 0 ? <small> {t("belowFloor")}</small> : null}
    </span>
  )
}

function Conversation({ detail }: { detail: Detail }) {
  const t = useWords(agreeing)
  const currency = detail.negotiation.currency
  return (
    <ol className="price-said">
      {detail.messages.map((one) => (
        <li key={one.message} className={one.side}>
          <small>
            {t(one.side)} {one.actor_name ? `(${one.actor_name})` : ""} {t.maybe(`acts.${one.act}`)} ·{" "}
            <Time at={one.at} />
          </small>
          {one.prices.length ? (
            <p className="num">
              {one.prices
                .map((said) => t("line", { no: said.line_no, amount: moneyText(said.amount_minor, currency) }))
                .join("\n")}
            </p>
          ) : null}
          {one.text ? <p>{one.text}</p> : null}
        </li>
      ))}
    </ol>
  )
}
