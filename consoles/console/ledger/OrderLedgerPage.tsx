/** Why this cent: everything an order booked, and which of its lines each part came from. */

import { api } from "@kit/api/client"
import type { OrderLedgerView } from "@kit/api/schema.gen"
import { amountText, moneyText, Quantity, Time } from "@kit/format"
import { useSearchState } from "@kit/list"
import { RecordPage, Section } from "@kit/record"
import { Go } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer, Empty } from "@kit/states"
import { useWords } from "@kit/words"
import { FactText } from "./EntryPage"
import "./ledger.css"
import { Legs } from "./Legs"
import { AccountLink, accountAddress, eventName, Figure } from "./said"
import { words } from "./words"

export default function OrderLedgerPage() {
  const id = usePlace("order")
  const book = api.useQuery("get", "/v1/orders/{order_id}/ledger", { params: { path: { order_id: id } } })
  return <Answer of={book}>{(found) => <OrderLedger found={found} />}</Answer>
}

function OrderLedger({ found }: { found: OrderLedgerView }) {
  const t = useWords(words)
  const [search, change] = useSearchState()
  const line = search.line ? Number(search.line) : undefined
  const money = found.balances.filter((one) => one.name.measure === found.currency)
  const entries =
    line === undefined
      ? found.entries
      : found.entries.filter((entry) => entry.transfers.some((leg) => leg.parts.some((part) => part.line === line)))
  return (
    <RecordPage
      title={t("orderLedger")}
      back={{ to: `/orders/${found.id}`, label: t("order") }}
      lead={
        <>
          {found.receipt_no ? t("receipt", { no: found.receipt_no }) : <span className="mono">{found.id}</span>} ·{" "}
          <Time at={found.placed_at} exact /> · {moneyText(found.total, found.currency)}
        </>
      }
    >
      <p className="muted book-prose">{t("orderLedgerLead")}</p>
      <Section
        title={t("lines")}
        extra={
          line === undefined ? null : (
            <button type="button" className="leg-fold" onClick={() => change({ line: undefined })}>
              {t("allLines")}
            </button>
          )
        }
      >
        <table className="book tight">
          <thead>
            <tr>
              <th scope="col">{t("goods")}</th>
              <th scope="col" className="end">
                {t("quantity")}
              </th>
              <th scope="col" className="end amount">
                {t("gross")} <span className="book-unit">{found.currency}</span>
              </th>
              <th scope="col" className="end amount">
                {t("off")}
              </th>
              <th scope="col" className="end amount">
                {t("tax")}
              </th>
              <th scope="col" className="end amount">
                {t("payable")}
              </th>
            </tr>
          </thead>
          <tbody>
            {found.lines.map((one) => (
              <tr key={one.line} className={line === one.line ? "chosen" : ""}>
                <th scope="row">
                  <button
                    type="button"
                    className="leg-fold"
                    aria-pressed={line === one.line}
                    onClick={() => change({ line: line === one.line ? undefined : String(one.line) })}
                  >
                    {one.line}. {one.title || one.sku}
                  </button>
                  <span className="code muted mono"> {one.sku}</span>
                </th>
                <td className="end">
                  <Quantity count={one.quantity} unit={one.base_unit} />
                </td>
                <td className="end num">{amountText(one.gross, found.currency)}</td>
                <td className="end num">{one.discount ? amountText(-one.discount, found.currency) : null}</td>
                <td className="end num">{one.tax ? amountText(one.tax, found.currency) : null}</td>
                <td className="end num">{amountText(one.payable, found.currency)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Section>
      {found.entries.length === 0 ? (
        <Empty title={t("noEntries")} body={t("noEntriesBody")} />
      ) : (
        <>
          <Section title={t("entriesTitle")}>
            <ol className="book-entries">
              {entries.map((entry) => (
                <li key={entry.id}>
                  <header>
                    <h3>
                      <Go to={`/ledger/entries/${entry.id}`}>{eventName(t, entry.rule)}</Go>
                    </h3>
                    <FactText entry={entry} />
                    <span className="list-space" />
                    <Time at={entry.at} exact />
                  </header>
                  <Legs
                    rule={entry.rule}
                    key={String(line)}
                    legs={entry.transfers}
                    lines={found.lines}
                    line={line}
                    open={line !== undefined}
                  />
                </li>
              ))}
            </ol>
          </Section>
          {line === undefined ? (
            <Section title={t("whereNow")}>
              <p className="muted book-prose">{t("whereNowLead")}</p>
              <table className="book tight">
                <thead>
                  <tr>
                    <th scope="col">{t("account")}</th>
                    <th scope="col" className="end amount">
                      {t("debit")} <span className="book-unit">{found.currency}</span>
                    </th>
                    <th scope="col" className="end amount">
                      {t("credit")} <span className="book-unit">{found.currency}</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {money
                    .filter((one) => one.posted !== 0)
                    .map((one) => (
                      <tr key={one.code}>
                        <th scope="row">
                          <AccountLink name={one.name} />
                        </th>
                        <td className="end">
                          {one.posted > 0 ? (
                            <Figure to={accountAddress(one.code)}>{amountText(one.posted, found.currency)}</Figure>
                          ) : null}
                        </td>
                        <td className="end">
                          {one.posted < 0 ? (
                            <Figure to={accountAddress(one.code)}>{amountText(-one.posted, found.currency)}</Figure>
                          ) : null}
                        </td>
                      </tr>
                    ))}
                </tbody>
                <tfoot>
                  <tr>
                    <th scope="row">{t("total")}</th>
                    {[1, -1].map((sign) => (
                      <td key={sign} className="end">
                        <strong className="num">
                          {amountText(
                            money.reduce((sum, one) => sum + Math.max(sign * one.posted, 0), 0),
                            found.currency,
                          )}
                        </strong>
                      </td>
                    ))}
                  </tr>
                </tfoot>
              </table>
            </Section>
          ) : null}
        </>
      )}
    </RecordPage>
  )
}
