/** The way of goods to the customer in four steps: what waits at each, since when, and the next act. */

import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import { Time } from "@kit/format"
import { useSearchState } from "@kit/list"
import { useTitle } from "@kit/record"
import { useSession } from "@kit/session"
import { Go } from "@kit/shell/go"
import { useWords } from "@kit/words"
import { App, Button, Checkbox, Select, Skeleton } from "antd"
import { type KeyboardEvent, type ReactNode, useState } from "react"
import type { Contact } from "../orders/EditDialog"
import "./fulfillment.css"
import { words } from "./words"

const SHOWN = 100
const OLD_MS = 24 * 3_600_000
type StepName = "release" | "pick" | "ship" | "deliver"

interface Card {
  id: string
  to: string
  name: string
  what: string
  at: string
  place: string
}

export default function BoardPage() {
  const t = useWords(words)
  const { may } = useSession()
  const [search, change] = useSearchState()
  const location = search.location
  const query = location ? { location } : {}
  const every = { refetchInterval: 15_000 }
  useTitle(t("board"))
  const places = api.useQuery(
    "get",
    "/v1/locations",
    { params: { query: { limit: 250 } } },
    { staleTime: 300_000, enabled: may("inventory:read") },
  )
  const board = api.useQuery("get", "/v1/fulfillments/board", { params: { query } }, every)
  const unreleased = api.useQuery(
    "get",
    "/v1/fulfillments/unreleased",
    { params: { query: { ...query, limit: SHOWN } } },
    every,
  )
  const released = api.useQuery(
    "get",
    "/v1/fulfillments",
    { params: { query: { ...query, state: "released", limit: SHOWN } } },
    every,
  )
  const picking = api.useQuery(
    "get",
    "/v1/fulfillments",
    { params: { query: { ...query, state: "picking", limit: SHOWN } } },
    every,
  )
  const picked = api.useQuery(
    "get",
    "/v1/fulfillments",
    { params: { query: { ...query, state: "picked", limit: SHOWN } } },
    every,
  )
  const parcels = api.useQuery(
    "get",
    "/v1/shipments",
    { params: { query: { ...query, delivered: false, limit: SHOWN } } },
    every,
  )

  const who = (contact: unknown) => (contact as Contact | null)?.name || t("guest")
  type Work = NonNullable<typeof picked.data>["items"][number]
  const workCard = (one: Work): Card => {
    const wanted = one.lines.reduce((sum, line) => sum + line.quantity - line.canceled, 0)
    const done = one.lines.reduce((sum, line) => sum + line.picked, 0)
    return {
      id: one.id,
      to: `/fulfillment/${one.id}`,
      name: who(one.contact),
      what: `${done ? `${done}/` : ""}${t("units", { count: wanted })} · ${one.lines.map((line) => line.title).join(", ")}`,
      at: one.created_at,
      place: one.location,
    }
  }
  const cards: Record<StepName, Card[] | undefined> = {
    release: unreleased.data?.items.map((one) => ({
      id: one.order,
      to: `/orders/${one.order}`,
      name: one.buyer || who(one.contact),
      what: `${t("units", { count: one.units })} · ${t("lines", { count: one.lines })}`,
      at: one.placed_at,
      place: one.locations.join(", "),
    })),
    pick:
      released.data && picking.data
        ? [...picking.data.items, ...released.data.items].map(workCard).sort((a, b) => a.at.localeCompare(b.at))
        : undefined,
    ship: picked.data?.items.map(workCard),
    deliver: parcels.data?.items.map((one) => ({
      id: one.id,
      to: `/shipments/${one.id}`,
      name: [one.carrier, one.tracking_no].filter(Boolean).join(" ") || one.id,
      what: `${t("units", { count: one.lines.reduce((sum, line) => sum + line.quantity, 0) })} · ${one.lines.map((line) => line.title).join(", ")}`,
      at: one.shipped_at,
      place: one.location,
    })),
  }
  const told = useOutcomes()
  const release = useAct(
    (key, orders: string[]) =>
      send(
        fetcher.POST("/v1/fulfillments/releases", { params: { header: { "Idempotency-Key": key } }, body: { orders } }),
      ),
    { refresh: ["/v1/fulfillments", "/v1/orders"], then: told },
  )
  const deliver = useAct(
    (key, shipments: string[]) =>
      send(
        fetcher.POST("/v1/shipments/deliveries", {
          params: { header: { "Idempotency-Key": key } },
          body: { shipments },
        }),
      ),
    { refresh: ["/v1/fulfillments", "/v1/shipments", "/v1/orders"], then: told },
  )
  const acts: Partial<
    Record<StepName, { word: (count: number) => string; run: (ids: string[]) => void; busy: boolean }>
  > = may("fulfillment:write")
    ? {
        release: {
          word: (count) => t("release", { count }),
          run: (ids) => release.mutate(ids),
          busy: release.isPending,
        },
        deliver: {
          word: (count) => t("deliver", { count }),
          run: (ids) => deliver.mutate(ids),
          busy: deliver.isPending,
        },
      }
    : {}

  return (
    <section className="board-page">
      <header className="board-head">
        <h1>{t("title")}</h1>
        <span className="muted">{t("keys")}</span>
        <Select
          allowClear
          style={{ width: 220 }}
          aria-label={t("location")}
          placeholder={t("everywhere")}
          value={location}
          showSearch={{ optionFilterProp: "label" }}
          onChange={(next?: string) => change({ location: next })}
          options={places.data?.items.map((one) => ({ value: one.code, label: `${one.code} ${one.name}` }))}
        />
      </header>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys move between the links inside, which are the controls */}
      <div className="board" onKeyDown={moveAmongCards}>
        {(["release", "pick", "ship", "deliver"] as const).map((step) => {
          const column = board.data?.columns.find((one) => one.step === step)
          return (
            <Column
              key={step}
              step={step}
              cards={cards[step]}
              count={column ? `${column.count}${column.capped ? "+" : ""}` : ""}
              all={column?.count ?? 0}
              oldest={column?.oldest_at ? <Time at={column.oldest_at} /> : null}
              act={acts[step]}
            />
          )
        })}
      </div>
    </section>
  )
}

function Column(props: {
  step: StepName
  cards?: Card[]
  count: string
  all: number
  oldest: ReactNode
  act?: { word: (count: number) => string; run: (ids: string[]) => void; busy: boolean }
}) {
  const t = useWords(words)
  const { step, cards, act } = props
  const [chosen, choose] = useState<ReadonlySet<string>>(new Set())
  const here = (cards ?? []).filter((card) => chosen.has(card.id)).map((card) => card.id)
  return (
    <section className={`column${props.all ? " busy" : ""}`} aria-label={t(`step.${step}`)}>
      <header>
        <h2>
          {t(`step.${step}`)} <span className="num">{props.count}</span>
        </h2>
        <div className="card-age">
          {props.oldest ? (
            <>
              {t("oldest", { when: "" })}
              {props.oldest}
            </>
          ) : (
            t(`hint.${step}`)
          )}
        </div>
        {act && cards?.length ? (
          <div className="column-tools">
            <Checkbox
              aria-label={t("chooseAll", { step: t(`step.${step}`) })}
              checked={here.length === cards.length}
              indeterminate={here.length > 0 && here.length < cards.length}
              onChange={(event) => choose(new Set(event.target.checked ? cards.map((card) => card.id) : []))}
            />
            <Button
              size="small"
              type={here.length ? "primary" : "default"}
              disabled={!here.length}
              loading={act.busy}
              onClick={() => {
                act.run(here)
                choose(new Set())
              }}
            >
              {act.word(here.length)}
            </Button>
          </div>
        ) : null}
      </header>
      {cards === undefined ? <Skeleton active paragraph={{ rows: 4 }} /> : null}
      {cards?.length === 0 ? <p className="muted">{t("nothing")}</p> : null}
      <ol>
        {cards?.map((card) => (
          <li key={card.id} className="card">
            {act ? (
              <Checkbox
                tabIndex={-1}
                aria-label={t("choose", { name: card.name })}
                checked={chosen.has(card.id)}
                onChange={(event) => {
                  const next = new Set(chosen)
                  if (event.target.checked) next.add(card.id)
                  else next.delete(card.id)
                  choose(next)
                }}
              />
            ) : null}
            <Go to={card.to} className="card-name">
              {card.name}
            </Go>
            <span className={Date.now() - new Date(card.at).getTime() > OLD_MS ? "card-age old" : "card-age"}>
              <Time at={card.at} />
            </span>
            <span className="card-what" title={card.what}>
              {card.place} · {card.what}
            </span>
          </li>
        ))}
      </ol>
      {cards && props.all > cards.length ? (
        <p className="muted">{t("more", { count: props.all - cards.length })}</p>
      ) : null}
    </section>
  )
}

/** Says how many were done, and why others were not. */
function useOutcomes() {
  const t = useWords(words)
  const { notification } = App.useApp()
  return (answer: { items: readonly { problem: { title: string } | null }[] }) => {
    const refused = answer.items.filter((one) => one.problem)
    const done = answer.items.length - refused.length
    const description = refused.length
      ? t("refused", { count: refused.length, why: refused[0]?.problem?.title ?? "" })
      : ""
    notification[refused.length ? "warning" : "success"]({ title: t("done", { count: done }), description })
  }
}

/** Arrow keys go from card to card, within a column and across; x chooses. */
function moveAmongCards(event: KeyboardEvent<HTMLDivElement>) {
  const card = (event.target as HTMLElement).closest<HTMLElement>(".card")
  const column = card?.closest<HTMLElement>(".column")
  if (!card || !column) return
  const columns = [...event.currentTarget.querySelectorAll<HTMLElement>(".column")]
  const cardsOf = (one?: HTMLElement) => [...(one?.querySelectorAll<HTMLElement>(".card") ?? [])]
  const place = cardsOf(column).indexOf(card)
  const across = (step: number) => {
    for (let to = columns.indexOf(column) + step; to >= 0 && to < columns.length; to += step) {
      const there = cardsOf(columns[to])
      if (there.length) return there[Math.min(place, there.length - 1)]
    }
  }
  let next: HTMLElement | undefined
  if (event.key === "ArrowDown" || event.key === "j") next = cardsOf(column)[place + 1]
  else if (event.key === "ArrowUp" || event.key === "k") next = cardsOf(column)[place - 1]
  else if (event.key === "ArrowRight") next = across(1)
  else if (event.key === "ArrowLeft") next = across(-1)
  else if (event.key === "x") card.querySelector<HTMLInputElement>("input[type=checkbox]")?.click()
  else return
  event.preventDefault()
  next?.querySelector<HTMLElement>("a")?.focus()
}
