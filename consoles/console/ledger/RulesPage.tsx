/** The posting rules: the one table that says what moves when. */

import { api } from "@kit/api/client"
import { Status, useTitle } from "@kit/record"
import { Go } from "@kit/shell/go"
import { Answer } from "@kit/states"
import { useWords } from "@kit/words"
import "./ledger.css"
import { amountName, eventName, kindName } from "./said"
import { whys, whyText } from "./whys"
import { words } from "./words"

export default function RulesPage() {
  const t = useWords(words)
  const w = useWords(whys)
  useTitle(t("rules"))
  const rules = api.useQuery("get", "/v1/ledger/rules")
  const kinds = api.useQuery("get", "/v1/ledger/account-kinds")
  const means = new Map((kinds.data ?? []).map((one) => [one.name, one.means]))
  return (
    <div className="book-page">
      <div className="book-sheet">
        <header className="book-head">
          <div>
            <h1>{t("rules")}</h1>
            <p className="muted">{t("rulesLead")}</p>
          </div>
        </header>
        <Answer of={rules}>
          {(found) => (
            <table className="book">
              <thead>
                <tr>
                  <th scope="col">{t("what")}</th>
                  <th scope="col">{t("amount")}</th>
                  <th scope="col">{t("from")}</th>
                  <th scope="col">{t("to")}</th>
                  <th scope="col">{t("why")}</th>
                </tr>
              </thead>
              <tbody>
                {found.map((rule, at) => {
                  const first = found[at - 1]?.event !== rule.event
                  return (
                    <tr
                      key={`${rule.event} ${rule.amount}`}
                      id={first ? rule.event : undefined}
                      className={first ? "" : "follows"}
                    >
                      <th scope="row">
                        {first ? (
                          <>
                            {eventName(t, rule.event)} <span className="code muted mono">{rule.event}</span>
                          </>
                        ) : null}
                      </th>
                      <td>
                        {amountName(t, rule.amount)}
                        {rule.phase === "hold" ? (
                          <div>
                            <Status tone="quiet">{t("phase.hold")}</Status>
                          </div>
                        ) : null}
                      </td>
                      <td>
                        <Kind name={rule.from_kind} means={means.get(rule.from_kind)} />
                      </td>
                      <td>
                        <Kind name={rule.to_kind} means={means.get(rule.to_kind)} />
                      </td>
                      <td className="muted">{whyText(w, rule.event, rule.amount, rule.why)}</td>
                    </tr>
                  )
                })}
              </tbody>
            </table>
          )}
        </Answer>
      </div>
    </div>
  )
}

function Kind({ name, means }: { name: string; means?: string }) {
  const t = useWords(words)
  const outside = ["sold", "supplied", "corrected"].includes(name)
  const to = outside ? `/ledger/account?code=${name}` : name === "stock" ? "/stock" : `/ledger/kinds/${name}`
  return (
    <Go to={to} title={means}>
      {kindName(t, name)}
    </Go>
  )
}
