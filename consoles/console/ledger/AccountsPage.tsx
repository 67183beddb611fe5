/** Accounts one by one, in order of their code, by whatever their names say. */

import { api } from "@kit/api/client"
import type { AccountView } from "@kit/api/schema.gen"
import { type Filter, ListPage, useSearchState } from "@kit/list"
import type { Column } from "@kit/list/Grid"
import { useWords } from "@kit/words"
import { useMemo } from "react"
import { ChoiceBar } from "./choice"
import "./ledger.css"
import { AccountLink, accountAddress, Figure, kindName, measured } from "./said"
import { words } from "./words"

export default function AccountsPage() {
  const t = useWords(words)
  const [search] = useSearchState()
  const kinds = api.useQuery("get", "/v1/ledger/account-kinds", {}, { staleTime: 300_000 })
  const columns = useMemo<Column<AccountView>[]>(
    () => [
      {
        key: "account",
        title: t("account"),
        always: true,
        width: "minmax(320px, 2fr)",
        render: (one) => <AccountLink name={one.name} />,
      },
      {
        key: "debit",
        title: t("debit"),
        align: "end",
        width: "150px",
        render: (one) =>
          one.posted > 0 ? (
            <Figure to={accountAddress(one.code)}>{measured(one.posted, one.name.measure)}</Figure>
          ) : null,
      },
      {
        key: "credit",
        title: t("credit"),
        align: "end",
        width: "150px",
        render: (one) =>
          one.posted < 0 ? (
            <Figure to={accountAddress(one.code)}>{measured(-one.posted, one.name.measure)}</Figure>
          ) : null,
      },
      {
        key: "unit",
        title: t("currency"),
        width: "90px",
        render: (one) => <span className="muted">{one.name.measure}</span>,
      },
      {
        key: "code",
        title: t("raw"),
        width: "minmax(260px, 1fr)",
        render: (one) => <span className="mono muted">{one.code}</span>,
      },
    ],
    [t],
  )
  const filters = useMemo<Filter[]>(
    () => [
      {
        key: "kind",
        title: t("kind"),
        kind: "choice",
        pinned: true,
        options: (kinds.data ?? [])
          .filter((one) => one.tracked && one.name !== "stock")
          .map((one) => ({ value: one.name, label: kindName(t, one.name) })),
      },
      { key: "which", title: t("which"), kind: "text" },
      {
        key: "nonzero",
        title: t("nonzero"),
        kind: "choice",
        pinned: true,
        options: [{ value: "true", label: t("nonzeroOnly") }],
      },
      { key: "currency", title: t("currency"), kind: "text", placeholder: "USD" },
    ],
    [t, kinds.data],
  )
  // Days and the place are chosen where the trial balance chooses them.
  const fixed = useMemo(
    () => ({
      query: Object.fromEntries(
        (["place", "day_from", "day_to"] as const).flatMap((key) => (search[key] ? [[key, search[key]]] : [])),
      ),
    }),
    [search],
  )
  return (
    <ListPage
      name="ledger.accounts"
      title={t("accounts")}
      path="/v1/ledger/accounts"
      row={(one) => one.code}
      open={(one) => accountAddress(one.code)}
      columns={columns}
      filters={filters}
      fixed={fixed}
      search={{ key: "prefix", hint: t("search") }}
      action={<ChoiceBar />}
      above={<Sums />}
      empty={{ title: t("noAccounts"), body: t("noAccountsBody") }}
    />
  )
}

function Sums() {
  const t = useWords(words)
  const [search] = useSearchState()
  const { kind, which, place, currency, day_from, day_to, prefix, nonzero } = search
  const query = {
    kind,
    which,
    place,
    currency,
    day_from,
    day_to,
    prefix,
    nonzero: nonzero === "true" || undefined,
    limit: 1,
  }
  const first = api.useQuery(
    "get",
    "/v1/ledger/accounts",
    { params: { query } },
    { placeholderData: (before: unknown) => before as never },
  )
  return (
    <p className="book-sums muted" aria-live="polite">
      {(first.data?.sums ?? []).map((one) => (
        <span key={one.unit}>
          {t("sums", {
            accounts: one.accounts,
            unit: one.unit,
            debit: measured(one.debit, one.unit),
            credit: measured(one.credit, one.unit),
          })}
        </span>
      ))}
    </p>
  )
}
