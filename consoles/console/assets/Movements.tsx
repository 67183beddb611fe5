import type { AssetMovementView } from "@kit/api/schema.gen"
import { Time } from "@kit/format"
import { Opens, Rows } from "@kit/record/Rows"
import { useSession } from "@kit/session"
import { useWords } from "@kit/words"
import { amountOf, whyText } from "./said"
import { words } from "./words"

/** What moved a lot or a card, entry by entry; each opens to the ledger. */
export function Movements({ rows, currency }: { rows: readonly AssetMovementView[]; currency: string }) {
  const t = useWords(words)
  const { may } = useSession()
  if (rows.length === 0) return <p className="muted">{t("noMovements")}</p>
  return (
    <Rows
      rows={rows}
      by={(row) => row.entry}
      columns={[
        { of: (row) => <Time at={row.at} /> },
        { of: (row) => whyText(t, row.rule) },
        { of: (row) => (row.order ? <Opens to="/orders" id={row.order} /> : null) },
        { of: (row) => (may("ledger:read") ? <Opens to="/ledger/entries" id={row.entry} /> : null) },
        {
          end: true,
          look: (row) => (row.amount > 0 ? "assets-plus" : ""),
          of: (row) => amountOf(row.amount, currency, true),
        },
      ]}
    />
  )
}
