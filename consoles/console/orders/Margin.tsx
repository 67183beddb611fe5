/** What an order leaves over what its goods cost, line by line; of goods nobody knows the cost of, that is said. */

import type { OrderMargin } from "@kit/api/schema.gen"
import { Money, moneyText } from "@kit/format"
import { Goods, None, Rows } from "@kit/record/Rows"
import { useWords } from "@kit/words"
import { shareText } from "../prices/figures"
import { words } from "./order.words"

export function Margin({ of }: { of: OrderMargin }) {
  const t = useWords(words)
  const { currency } = of
  const known = of.lines.some((line) => line.cost !== null)
  return (
    <>
      {of.unknown ? (
        <p className="muted">
          {known ? t("marginPart", { amount: moneyText(of.unknown, currency) }) : t("marginNone")}
        </p>
      ) : null}
      {known ? (
        <Rows
          label={t("margin")}
          rows={of.lines}
          by={(line) => line.line_no}
          columns={[
            { title: t("product"), of: (line) => <Goods title={line.title} sku={line.sku} /> },
            { title: t("quantity"), end: true, of: (line) => line.quantity },
            { title: t("net"), end: true, of: (line) => <Money minor={line.net} currency={currency} /> },
            {
              title: t("cost"),
              end: true,
              hint: (line) => line.source ?? "",
              of: (line) =>
                line.cost === null ? (
                  <span className="muted">{t("noCost")}</span>
                ) : (
                  <Money minor={line.cost} currency={currency} />
                ),
            },
            { title: t("margin"), end: true, of: (line) => <Share of={line} currency={currency} /> },
          ]}
          foot={
            <tr className="grand">
              <td colSpan={2}>{t("marginKnown")}</td>
              <td className="end num">
                <Money minor={of.net} currency={currency} />
              </td>
              <td className="end num">
                <Money minor={of.cost} currency={currency} />
              </td>
              <td className="end num">
                <Share of={of} currency={currency} />
              </td>
            </tr>
          }
        />
      ) : null}
    </>
  )
}

/** What is left, and which share of the net that is; a loss in the color of one. */
function Share({
  of,
  currency,
}: {
  of: { net: number; cost: number | null; margin_bp: number | null }
  currency: string
}) {
  if (of.cost === null) return <None />
  return (
    <span className={of.net < of.cost ? "orders-loss" : undefined}>
      <Money minor={of.net - of.cost} currency={currency} />
      {of.margin_bp === null ? null : <span className="orders-share"> {shareText(of.margin_bp)}</span>}
    </span>
  )
}
