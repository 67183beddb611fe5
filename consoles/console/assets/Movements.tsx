import type { AssetMovementView } from "@kit/api/schema.gen"
import { Time } from "@kit/format"
import { useSession } from "@kit/session"
import { Go } from "@kit/shell/go"
import { useWords } from "@kit/words"
import { amountOf, whyText } from "./said"
import { words } from "./words"

/** What moved a lot or a card, entry by entry; each opens to the ledger. */
export function Movements({ rows, currency }: { rows: readonly AssetMovementView[]; currency: string }) {
  const t = useWords(words)
  const { may } = useSession()
  if (rows.length === 0) return <p className="muted">{t("noMovements")}</p>
  return (
    <div className="rows-box">
      <table className="rows">
        <tbody>
          {rows.map((row) => (
            <tr key={row.entry}>
              <td>
                <Time at={row.at} />
              </td>
              <td>{whyText(t, row.rule)}</td>
              <td>
                {row.order ? (
                  <Go to={`/orders/${row.order}`} className="mono">
                    {row.order}
                  </Go>
                ) : null}
              </td>
              <td>
                {may("ledger:read") ? (
                  <Go to={`/ledger/entries/${row.entry}`} className="mono">
                    {row.entry}
                  </Go>
                ) : null}
              </td>
              <td className={row.amount > 0 ? "end num assets-plus" : "end num"}>
                {amountOf(row.amount, currency, true)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
