/** What was sold on an order: its lines, how far each is, and the sums under them. */

import type { OrderView } from "@kit/api/schema.gen"
import { Explained } from "@kit/explain"
import { amountText, Money, Quantity } from "@kit/format"
import { None, Rows } from "@kit/record/Rows"
import { Go } from "@kit/shell/go"
import { useLocale, useWords } from "@kit/words"
import { openUnits } from "./CancelDialog"
import { chargedOn, explanationOf, rateText } from "./explained"
import { words } from "./order.words"
import { trade } from "./words"

export function OrderLines(props: {
  order: OrderView
  explained?: Parameters<typeof explanationOf>[0][]
  due: number
}) {
  const t = useWords(words)
  const tt = useWords(trade)
  const { order, due } = props
  const { currency } = order
  const zh = useLocale() === "zh"
  const charged = chargedOn(props.explained ?? [])
  const contained = order.total - charged === order.gross - order.discount
  const steps = new Map(props.explained?.map((line) => [line.line, line]))
  const sums: [string, number, string?][] = [
    [t("gross"), order.gross],
    ...(order.discount ? ([[t("discounts"), -order.discount]] as [string, number][]) : []),
    ...(order.tax ? ([[contained ? t("taxIn") : t("tax"), order.tax]] as [string, number][]) : []),
    ...(charged ? ([[t("charges"), charged]] as [string, number][]) : []),
    [t("total"), order.total, "grand"],
    ...(order.canceled ? ([[t("canceled"), -order.canceled]] as [string, number][]) : []),
    ...(order.returned ? ([[t("returned"), -order.returned]] as [string, number][]) : []),
    [t("paid"), order.paid],
    ...(order.refunded ? ([[t("refunded"), -order.refunded]] as [string, number][]) : []),
    ...(due ? ([[t("due"), due, "grand"]] as [string, number, string][]) : []),
  ]
  return (
    <Rows
      rows={order.lines}
      by={(line) => line.line_no}
      columns={[
        {
          title: t("product"),
          of: (line) => (
            <>
              <span className="item-title">{line.title}</span>
              <span className="item-code">
                <Go to={`/products?q=${line.sku}`} className="mono">
                  {line.sku}
                </Go>{" "}
                · {line.location}
              </span>
              <Counters line={line} />
            </>
          ),
        },
        { title: t("quantity"), end: true, of: (line) => <Quantity count={line.quantity} unit={line.base_unit} /> },
        {
          title: t("price"),
          end: true,
          of: (line) => (
            <>
              {amountText(line.unit_price, currency)}
              {line.price_per === 1 ? null : (
                <span className="muted">
                  {" "}
                  {t("perUnits", { per: line.price_per, unit: line.base_unit === "piece" ? "" : line.base_unit })}
                </span>
              )}
            </>
          ),
        },
        { title: t("gross"), end: true, of: (line) => amountText(line.gross, currency) },
        {
          title: t("discount"),
          end: true,
          of: (line) => {
            const off = line.adjustments.reduce((sum, one) => sum + one.amount, 0)
            return off ? amountText(-off, currency) : <None />
          },
        },
        {
          title: t("tax"),
          end: true,
          hint: (line) => rateText(line.tax_bp),
          of: (line) => (line.tax ? amountText(line.tax, currency) : <None />),
        },
        {
          title: t("payable"),
          end: true,
          of: (line) => {
            const chain = steps.get(line.line_no)
            const payable = amountText(line.payable, currency)
            return chain ? (
              <Explained title={line.title} explanation={() => explanationOf(chain, currency, t, tt, zh)}>
                {payable}
              </Explained>
            ) : (
              payable
            )
          },
        },
      ]}
      foot={sums.map(([name, minor, kind]) => (
        <tr key={name} className={kind}>
          <td colSpan={6} className="end">
            {name}
          </td>
          <td className="end">
            <Money minor={minor} currency={currency} bare={kind !== "grand"} />
          </td>
        </tr>
      ))}
    />
  )
}

function Counters({ line }: { line: OrderView["lines"][number] }) {
  const t = useWords(words)
  const open = openUnits(line)
  const told: [number, string][] = [
    [line.shipped, t("shippedCount")],
    [open, t("openCount")],
    [line.canceled, t("canceledCount")],
    [line.returned, t("returnedCount")],
  ]
  return (
    <span className="counters num">
      {told
        .filter(([count]) => count > 0)
        .map(([count, word]) => (
          <span key={word}>
            <b>{count}</b> {word}
          </span>
        ))}
    </span>
  )
}
