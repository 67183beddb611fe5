/** The whole book on one sheet: every kind of account with its debits and credits, and each number opens. */

import { api } from "@kit/api/client"
import { amountText, currencySign, moneyText } from "@kit/format"
import { useTitle } from "@kit/record"
import { Go } from "@kit/shell/go"
import { Answer, Empty } from "@kit/states"
import { useWords } from "@kit/words"
import { ChoiceBar, handedOn, useChoice } from "./choice"
import "./ledger.css"
import { Figure, kindName } from "./said"
import { words } from "./words"

export default function TrialBalancePage() {
  const t = useWords(words)
  useTitle(t("trialBalance"))
  const [choice] = useChoice()
  const balance = api.useQuery(
    "get",
    "/v1/ledger/trial-balance",
    { params: { query: choice } },
    { placeholderData: (before: unknown) => before as never },
  )
  return (
    <div className="book-page">
      <div className="book-sheet">
        <header className="book-head">
          <div>
            <h1>{t("trialBalance")}</h1>
            <p className="muted">{t("trialBalanceLead")}</p>
          </div>
          <ChoiceBar />
        </header>
        <Answer of={balance}>
          {(rows) =>
            rows.length === 0 ? (
              <Empty title={t("empty")} body={t("emptyBody")} />
            ) : (
              [...new Set(rows.map((row) => row.unit))].map((unit) => (
                <Currency key={unit} unit={unit} rows={rows.filter((row) => row.unit === unit)} />
              ))
            )
          }
        </Answer>
      </div>
    </div>
  )
}

interface Row {
  kind: string
  unit: string
  accounts: number
  posted: number
  debit: number
  credit: number
  means: string
}

function Currency({ unit, rows }: { unit: string; rows: Row[] }) {
  const t = useWords(words)
  const [choice] = useChoice()
  // An account's column is the side its kind stands on: what is above zero is a debit.
  const debit = rows.reduce((sum, row) => sum + Math.max(row.posted, 0), 0)
  const credit = rows.reduce((sum, row) => sum + Math.max(-row.posted, 0), 0)
  const off = debit - credit
  return (
    <table className="book" aria-label={`${t("trialBalance")} ${unit}`}>
      <thead>
        <tr>
          <th scope="col">{t("kindOfAccount")}</th>
          <th scope="col" className="end">
            {t("count")}
          </th>
          <th scope="col" className="end amount">
            {t("debit")} <span className="book-unit">{unit}</span>
          </th>
          <th scope="col" className="end amount">
            {t("credit")} <span className="book-unit">{unit}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const to = `/ledger/kinds/${row.kind}${handedOn(choice, { currency: unit })}`
          const accounts = `/ledger/accounts${handedOn(choice, { kind: row.kind, currency: unit })}`
          return (
            <tr key={row.kind}>
              <th scope="row">
                <Go to={to}>{kindName(t, row.kind)}</Go>
                <span className="means muted">{row.means}</span>
              </th>
              <td className="end">
                <Figure to={accounts}>{row.accounts.toLocaleString("en")}</Figure>
              </td>
              <td className="end">{row.posted > 0 ? <Figure to={to}>{amountText(row.posted, unit)}</Figure> : null}</td>
              <td className="end">
                {row.posted < 0 ? <Figure to={to}>{amountText(-row.posted, unit)}</Figure> : null}
              </td>
            </tr>
          )
        })}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">{t("total")}</th>
          <td />
          <td className="end">
            <strong className="num">
              <span className="sign">{currencySign(unit)}</span>
              {amountText(debit, unit)}
            </strong>
          </td>
          <td className="end">
            <strong className="num">
              <span className="sign">{currencySign(unit)}</span>
              {amountText(credit, unit)}
            </strong>
          </td>
        </tr>
        <tr className="verdict">
          <td colSpan={4}>
            {off === 0 ? (
              <span className="verdict-good">
                <i aria-hidden="true">✓</i> {t("balanced")}
              </span>
            ) : (
              <span className="verdict-bad">
                {choice.day_from || choice.day_to
                  ? t("daysLeftOut", { amount: moneyText(off, unit, true) })
                  : t("unbalanced", { amount: moneyText(off, unit, true) })}
              </span>
            )}
          </td>
        </tr>
      </tfoot>
    </table>
  )
}
