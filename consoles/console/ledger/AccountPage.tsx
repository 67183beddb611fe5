/** One account: what it shows, what moved on it with the balance after each movement, and how the days beside it compare. */

import { api } from "@kit/api/client"
import type { AccountDetailView, AccountMovementView } from "@kit/api/schema.gen"
import { Time } from "@kit/format"
import { type Filter, ListPage, useSearchState } from "@kit/list"
import type { Column } from "@kit/list/Grid"
import { RecordPage, Section } from "@kit/record"
import { Go } from "@kit/shell/go"
import { Answer } from "@kit/states"
import { useWords } from "@kit/words"
import { useMemo } from "react"
import { Bars } from "./Bars"
import "./ledger.css"
import { AccountLink, accountText, eventName, Figure, kindName, measured, partText, SubjectLink } from "./said"
import { words } from "./words"

export default function AccountPage() {
  const [search] = useSearchState()
  const code = search.code ?? ""
  const { since, until } = search
  const account = api.useQuery("get", "/v1/ledger/account", { params: { query: { code, since, until } } })
  return <Answer of={account}>{(found) => <Account found={found} since={since} until={until} />}</Answer>
}

function Account({ found, since, until }: { found: AccountDetailView; since?: string; until?: string }) {
  const t = useWords(words)
  const unit = found.name.measure
  const sku = found.name.parts.find((part) => part.key === "sku")
  const columns = useMemo<Column<AccountMovementView>[]>(
    () => [
      { key: "at", title: t("when"), width: "150px", render: (one) => <Time at={one.at} /> },
      {
        key: "what",
        title: t("what"),
        always: true,
        width: "minmax(150px, 1fr)",
        render: (one) => <Go to={`/ledger/entries/${one.entry}`}>{eventName(t, one.rule)}</Go>,
      },
      {
        key: "about",
        title: t("about"),
        width: "minmax(200px, 1.3fr)",
        render: (one) => <SubjectLink subject={one.subject} />,
      },
      {
        key: "other",
        title: t("against"),
        width: "minmax(220px, 1.6fr)",
        render: (one) => <AccountLink name={one.other_name} />,
      },
      {
        key: "debit",
        title: t("debit"),
        align: "end",
        width: "120px",
        render: (one) =>
          one.amount > 0 ? <Figure to={`/ledger/entries/${one.entry}`}>{measured(one.amount, unit)}</Figure> : null,
      },
      {
        key: "credit",
        title: t("credit"),
        align: "end",
        width: "120px",
        render: (one) =>
          one.amount < 0 ? <Figure to={`/ledger/entries/${one.entry}`}>{measured(-one.amount, unit)}</Figure> : null,
      },
      {
        key: "balance",
        title: t("after"),
        align: "end",
        width: "130px",
        render: (one) =>
          one.balance === null || one.balance === undefined ? null : (
            <span className="num">{measured(one.balance, unit)}</span>
          ),
      },
    ],
    [t, unit],
  )
  const filters = useMemo<Filter[]>(
    () => [{ key: "period", title: t("when"), kind: "period", keys: ["since", "until"], pinned: true }],
    [t],
  )
  const opening = found.opening ?? 0
  const closing = opening + (found.debit ?? 0) - (found.credit ?? 0)
  const period = Boolean(since || until)
  return (
    <RecordPage
      title={<AccountLink name={found.name} plain />}
      tab={accountText(t, found.name)}
      back={{ to: "/ledger", label: t("trialBalance") }}
      lead={
        <>
          {found.means} · <span className="mono">{found.code}</span>
        </>
      }
      actions={sku ? <Go to={`/stock/skus/${encodeURIComponent(sku.code)}`}>{t("openStock")}</Go> : null}
    >
      {found.tracked ? (
        <dl className="book-tally">
          <div>
            <dt>{t("opening")}</dt>
            <dd className="num">{measured(opening, unit)}</dd>
          </div>
          <div>
            <dt>{t("debit")}</dt>
            <dd className="num">
              {found.debit ? "+" : ""}
              {measured(found.debit ?? 0, unit)}
            </dd>
          </div>
          <div>
            <dt>{t("credit")}</dt>
            <dd className="num">{measured(found.credit ? -found.credit : 0, unit)}</dd>
          </div>
          <div className="book-tally-total">
            <dt>{period ? t("closing") : t("now")}</dt>
            <dd className="num">
              {measured(closing, unit)} <small className="book-unit">{unit}</small>
            </dd>
          </div>
          {found.held ? (
            <div>
              <dt>{t("held")}</dt>
              <dd className="num">{measured(found.held, unit)}</dd>
            </div>
          ) : null}
        </dl>
      ) : (
        <p className="muted">{t("outside")}</p>
      )}
      <Siblings found={found} />
      <Section
        title={t("movements")}
        extra={
          <span className="muted">
            {found.movements === null || found.movements === undefined
              ? null
              : t("movementsCount", { count: found.movements })}
          </span>
        }
      >
        <ListPage
          embedded
          name="ledger.movements"
          title={t("movements")}
          path="/v1/ledger/movements"
          fixed={{ query: { account: found.code } }}
          row={(one) => `${one.entry} ${one.other} ${one.amount} ${one.balance}`}
          open={(one) => `/ledger/entries/${one.entry}`}
          columns={columns}
          filters={filters}
          empty={{ title: t("noMovements"), body: t("noMovementsBody") }}
        />
      </Section>
    </RecordPage>
  )
}

/** Accounts are kept per day: the same one on the days around this. */
function Siblings({ found }: { found: AccountDetailView }) {
  const t = useWords(words)
  const parts = new Map(found.name.parts.map((part) => [part.key, part]))
  const day = parts.get("day")
  const place = parts.get("place")
  const own = found.name.parts.find((part) => part.key !== "day" && part.key !== "place")
  const around = day ? near(day.value) : null
  const days = api.useQuery(
    "get",
    "/v1/ledger/groups",
    {
      params: {
        query: {
          kind: found.name.kind,
          by: "day",
          which: own ? (own.key === "seller" ? own.code : own.name) : undefined,
          place: place?.code,
          currency: found.unit,
          day_from: around?.[0],
          day_to: around?.[1],
          limit: 61,
        },
      },
    },
    { enabled: Boolean(day) },
  )
  if (!day || (days.data?.items.length ?? 0) < 2) return null
  const codeOf = (value: string) => found.code.replace(new RegExp(`${day.value}$`), value)
  return (
    <Bars
      label={`${kindName(t, found.name.kind)} · ${t("siblings")}`}
      bars={[...(days.data?.items ?? [])].reverse().map((row) => ({
        key: row.value,
        label: partText({ key: "day", name: row.value }),
        value: row.posted,
        said: `${measured(row.posted, row.unit)} ${row.unit}`,
        current: row.value === day.value,
        to: `/ledger/account?code=${encodeURIComponent(codeOf(row.value))}`,
      }))}
    />
  )
}

/** Thirty days to each side. */
function near(day: string): [string, string] {
  const at = Date.UTC(Number(day.slice(0, 4)), Number(day.slice(4, 6)) - 1, Number(day.slice(6)))
  const to = (days: number) => new Date(at + days * 86_400_000).toISOString().slice(0, 10)
  return [to(-30), to(30)]
}
