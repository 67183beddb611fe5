/** One proposal: each price before and after, beside what everybody pays and the least it may come to. */

import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import { moneyText, Quantity, Time } from "@kit/format"
import { ListPage as List, type RowOf } from "@kit/list"
import { RecordPage } from "@kit/record"
import { useSession } from "@kit/session"
import { Go, useGo } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useWords } from "@kit/words"
import { Button } from "antd"
import "./prices.css"
import { agreeing } from "./agreeing"
import { percentText, permille, shareText } from "./figures"
import { Moves, Stage, useDecisions } from "./ProposalsPage"

type Line = RowOf<"/v1/price-proposals/{proposal}/lines">
type Proposal = RowOf<"/v1/price-proposals">

export default function ProposalPage() {
  const proposal = usePlace("proposal")
  const found = api.useQuery("get", "/v1/price-proposals/{proposal}", { params: { path: { proposal } } })
  return <Answer of={found}>{(one) => <Shown of={one} />}</Answer>
}

function Shown({ of }: { of: Proposal }) {
  const t = useWords(agreeing)
  const go = useGo()
  const { may } = useSession()
  const { approve, reject, busy } = useDecisions()
  const path = { proposal: of.proposal }
  const submit = useAct(
    (key) =>
      send(
        fetcher.POST("/v1/price-proposals/{proposal}/submit", {
          params: { path, header: { "Idempotency-Key": key } },
        }),
      ),
    { said: t("submitted"), refresh: ["/v1/price-proposals"] },
  )
  const withdraw = useAct(
    (key) =>
      send(
        fetcher.POST("/v1/price-proposals/{proposal}/withdraw", {
          params: { path, header: { "Idempotency-Key": key } },
        }),
      ),
    { said: t("takenBack"), refresh: ["/v1/price-proposals", "/v1/price-lists"] },
  )
  const open = of.status === "proposed"
  const decides = open && may("price:approve") && !of.mine
  return (
    <RecordPage
      title={of.list_name}
      tab={`${t("proposal")} · ${of.list_name}`}
      back={{ to: "/prices/proposals?stage=proposed", label: t("backProposals") }}
      status={<Stage of={of} />}
      lead={
        <span className="price-lead-line">
          <Go to={`/prices/${encodeURIComponent(of.list)}`}>{of.list}</Go>
          <span>
            {t("by")} {of.made_by_name || of.made_by}, <Time at={of.made_at} />
          </span>
          <Moves of={of} />
          {of.decided_at ? (
            <span>
              {t("decidedBy")} {of.decided_by_name || of.decided_by}, <Time at={of.decided_at} />
            </span>
          ) : null}
          {of.note ? <q>{of.note}</q> : null}
          {of.reason ? <q>{of.reason}</q> : null}
          {open && of.mine ? <span>{t("fourEyes")}</span> : null}
        </span>
      }
      actions={
        <>
          {of.mine && (of.status === "draft" || open) ? (
            <Button loading={withdraw.isPending} onClick={() => withdraw.mutate(undefined)}>
              {t("takeBack")}
            </Button>
          ) : null}
          {of.mine && of.status === "draft" ? (
            <Button type="primary" loading={submit.isPending} onClick={() => submit.mutate(undefined)}>
              {t("submit")}
            </Button>
          ) : null}
          {decides ? (
            <>
              <Button danger onClick={() => reject([of.proposal])}>
                {t("rejectThis")}
              </Button>
              <Button type="primary" loading={busy} onClick={() => void approve([of.proposal])}>
                {t("approveThis", { lines: of.lines })}
              </Button>
            </>
          ) : null}
        </>
      }
      more={
        (of.status === "draft" || open) && may("simulation:run")
          ? [{ key: "simulate", label: t("simulate"), onClick: () => go(`/simulator/new?proposal=${of.proposal}`) }]
          : []
      }
    >
      <div className="price-lines">
        <List
          embedded
          name="price-proposal-lines"
          title={t("lines")}
          path="/v1/price-proposals/{proposal}/lines"
          fixed={{ path }}
          row={(one) => String(one.line_no)}
          columns={[
            {
              key: "what",
              title: t("what"),
              always: true,
              width: "minmax(180px, 2fr)",
              render: (one) => <What of={one} />,
            },
            {
              key: "quantity",
              title: t("fromQuantity"),
              width: "104px",
              align: "end",
              render: (one) => <Quantity count={one.min_quantity} />,
            },
            {
              key: "before",
              title: t("before"),
              width: "100px",
              align: "end",
              render: (one) => (
                <Price
                  amount={one.before_minor}
                  per={one.before_per}
                  off={one.before_off_bp}
                  currency={of.currency}
                  none={t("newPrice")}
                />
              ),
            },
            {
              key: "after",
              title: t("after"),
              width: "110px",
              align: "end",
              render: (one) =>
                one.ends ? (
                  <s>
                    <Price amount={one.amount_minor} per={one.per} off={one.off_bp} currency={of.currency} />
                  </s>
                ) : (
                  <strong>
                    <Price amount={one.amount_minor} per={one.per} off={one.off_bp} currency={of.currency} />
                  </strong>
                ),
            },
            { key: "move", title: t("move"), width: "76px", align: "end", render: (one) => <Change of={one} /> },
            {
              key: "base",
              title: t("base"),
              width: "108px",
              align: "end",
              render: (one) => <Price amount={one.base_minor} per={one.base_per} currency={of.currency} />,
            },
            {
              key: "floor",
              title: t("floor"),
              width: "150px",
              align: "end",
              render: (one) => <Floor of={one} currency={of.currency} />,
            },
            ...(may("cost:read")
              ? [
                  {
                    key: "cost",
                    title: t("cost"),
                    width: "92px",
                    align: "end" as const,
                    render: (one: Line) => (
                      <Price
                        amount={one.cost_minor}
                        per={one.cost_per}
                        currency={of.currency}
                        none={t("unknownCost")}
                      />
                    ),
                  },
                  {
                    key: "margin",
                    title: t("marginAfter"),
                    width: "116px",
                    align: "end" as const,
                    render: (one: Line) => <MarginMove before={one.before_margin_bp} after={one.margin_bp} />,
                  },
                ]
              : []),
            {
              key: "begins",
              title: t("begins"),
              width: "116px",
              render: (one) =>
                one.valid_from ? <Time at={one.valid_from} /> : <span className="muted">{t("onApproval")}</span>,
            },
          ]}
          empty={{ title: t("lines") }}
        />
      </div>
    </RecordPage>
  )
}

function What({ of }: { of: Line }) {
  const t = useWords(agreeing)
  return (
    <span className="cut">
      {of.title || of.sku}{" "}
      <span className="mono muted">{of.category ? t("category", { code: of.category }) : of.sku}</span>
      {of.ends ? <span className="price-tag"> {t("ends")}</span> : null}
    </span>
  )
}

export function Price(props: {
  amount: number | null | undefined
  per: number | null | undefined
  off?: number | null
  currency: string
  none?: string
}) {
  const t = useWords(agreeing)
  if (props.off) return <span className="num">{t("off", { rate: props.off / 100 })}</span>
  if (typeof props.amount !== "number") return <span className="muted">{props.none ?? "–"}</span>
  return (
    <span className="num">
      {moneyText(props.amount, props.currency)}
      {props.per && props.per !== 1 ? <span className="muted"> {t("perEach", { per: props.per })}</span> : null}
    </span>
  )
}

function Change({ of }: { of: Line }) {
  if (of.ends || of.off_bp) return null
  const moved = permille(of.amount_minor, of.per, of.before_minor, of.before_per)
  if (moved === null) return null
  return (
    <span className="num">
      {moved > 0 ? "▲ " : moved < 0 ? "▼ " : ""}
      {percentText(moved)}
    </span>
  )
}

/** The margin now and after the change; nothing where the cost is not known. */
export function MarginMove(props: { before?: number | null; after: number | null | undefined }) {
  const { before, after } = props
  if (typeof after !== "number") return <span className="muted">–</span>
  return (
    <span className={`num ${after < 0 ? "price-below" : ""}`}>
      {typeof before === "number" && before !== after ? <span className="muted">{shareText(before)} → </span> : null}
      {shareText(after)}
    </span>
  )
}

function Floor({ of, currency }: { of: Line; currency: string }) {
  const t = useWords(agreeing)
  if (typeof of.floor_minor !== "number" || of.ends) return null
  const below = !of.off_bp && of.amount_minor < of.floor_minor
  return (
    <span className={below ? "price-below" : undefined}>
      <Price amount={of.floor_minor} per={of.per} currency={currency} />
      {below ? <small> {t("belowFloor")}</small> : null}
    </span>
  )
}
