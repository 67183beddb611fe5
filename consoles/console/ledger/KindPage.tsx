/** One kind of account taken apart: by its own key, by place, by month and day. */

import { send } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import { useSearchState } from "@kit/list"
import { RecordPage } from "@kit/record"
import { Go } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer, Empty } from "@kit/states"
import { useWords } from "@kit/words"
import { useInfiniteQuery } from "@tanstack/react-query"
import { Button, Segmented } from "antd"
import { Bars } from "./Bars"
import { ChoiceBar, handedOn, useChoice } from "./choice"
import "./ledger.css"
import { Figure, keyName, kindName, measured, partText } from "./said"
import { words } from "./words"

export default function KindPage() {
  const t = useWords(words)
  const kind = usePlace("kind")
  const [search, change] = useSearchState()
  const [choice] = useChoice()
  const kinds = api.useQuery("get", "/v1/ledger/account-kinds", {}, { staleTime: 300_000 })
  const known = kinds.data?.find((one) => one.name === kind)
  const keys = known
    ? [...known.keys.filter((key) => key !== "day"), ...(known.keys.includes("day") ? ["month", "day"] : [])]
    : []
  const by = search.by && keys.includes(search.by) ? search.by : keys[0]
  return (
    <RecordPage
      title={kindName(t, kind)}
      back={{ to: `/ledger${handedOn(choice)}`, label: t("trialBalance") }}
      lead={known?.means}
      actions={<ChoiceBar />}
    >
      <div className="kind-by">
        <Segmented
          value={by}
          options={keys.map((key) => ({ value: key, label: t("by", { key: keyName(t, key) }) }))}
          onChange={(next) => change({ by: String(next) })}
        />
        <Go to={`/ledger/accounts${handedOn(choice, { kind, currency: search.currency, which: search.which })}`}>
          {t("accounts")}
        </Go>
      </div>
      {by ? <Groups kind={kind} by={by} which={search.which} currency={search.currency} /> : null}
    </RecordPage>
  )
}

function Groups({ kind, by, which, currency }: { kind: string; by: string; which?: string; currency?: string }) {
  const t = useWords(words)
  const [choice] = useChoice()
  const groups = useInfiniteQuery({
    queryKey: ["get", "/v1/ledger/groups", kind, by, which, currency, choice],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      send(
        fetcher.GET("/v1/ledger/groups", {
          params: { query: { kind, by, which, currency, ...choice, limit: by === "day" ? 62 : 100, after: pageParam } },
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const rows = groups.data?.pages.flatMap((page) => page.items) ?? []
  const most = Math.max(1, ...rows.map((row) => Math.abs(row.posted)))
  const time = by === "day" || by === "month"
  return (
    <Answer of={groups}>
      {() =>
        rows.length === 0 ? (
          <Empty title={t("noAccounts")} body={t("noAccountsBody")} />
        ) : (
          <>
            {time && new Set(rows.map((row) => row.unit)).size === 1 ? (
              <Bars
                label={`${kindName(t, kind)}, ${rows[0]?.unit}`}
                bars={[...rows].reverse().map((row) => ({
                  key: row.value,
                  label: partText({ key: by, name: row.name }),
                  value: row.posted,
                  said: `${measured(row.posted, row.unit)} ${row.unit}`,
                  to: into(kind, by, row, choice, which),
                }))}
              />
            ) : null}
            <table className="book tight">
              <thead>
                <tr>
                  <th scope="col">{keyName(t, by)}</th>
                  <th scope="col" className="end">
                    {t("count")}
                  </th>
                  <th scope="col" className="end amount">
                    {t("debit")}
                  </th>
                  <th scope="col" className="end amount">
                    {t("credit")}
                  </th>
                  <th scope="col" className="weigh" aria-label={t("share")} />
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => {
                  const to = into(kind, by, row, choice, which)
                  return (
                    <tr key={`${row.value} ${row.unit}`}>
                      <th scope="row">
                        <Go to={to}>{partText({ key: by, name: row.name })}</Go>
                        {row.code !== row.name ? <span className="code muted mono"> {row.code}</span> : null}
                      </th>
                      <td className="end">
                        <Figure to={to}>{row.accounts.toLocaleString("en")}</Figure>
                      </td>
                      <td className="end">
                        {row.debit ? <Figure to={to}>{measured(row.debit, row.unit)}</Figure> : null}
                      </td>
                      <td className="end">
                        {row.credit ? <Figure to={to}>{measured(row.credit, row.unit)}</Figure> : null}
                      </td>
                      <td className="weigh" aria-hidden="true">
                        <i style={{ width: `${Math.max(1, Math.round((Math.abs(row.posted) * 100) / most))}%` }} />
                      </td>
                    </tr>
                  )
                })}
              </tbody>
            </table>
            {groups.hasNextPage ? (
              <Button type="link" loading={groups.isFetchingNextPage} onClick={() => groups.fetchNextPage()}>
                {t("showMore")}
              </Button>
            ) : null}
          </>
        )
      }
    </Answer>
  )
}

/** What is behind a group: the accounts that share its key. */
function into(
  kind: string,
  by: string,
  row: { value: string; code: string; name: string; unit: string },
  choice: ReturnType<typeof useChoice>[0],
  which?: string,
): string {
  const more: Record<string, string | undefined> = { kind, currency: row.unit, which }
  if (by === "place") more.place = row.code
  else if (by === "day") more.day_from = more.day_to = partText({ key: "day", name: row.value })
  else if (by === "month") {
    const first = `${row.value.slice(0, 4)}-${row.value.slice(4)}-01`
    const last = new Date(Date.UTC(Number(row.value.slice(0, 4)), Number(row.value.slice(4)), 0))
      .toISOString()
      .slice(0, 10)
    more.day_from = first
    more.day_to = last
  } else more.which = by === "seller" ? row.code : row.name
  return `/ledger/accounts${handedOn({ ...choice, ...pick(more) }, pick(more))}`
}

function pick(more: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(more).filter((pair): pair is [string, string] => Boolean(pair[1])))
}
