/** An order on paper: what is in the parcel, for whom, and what was paid. */

import { api } from "@kit/api/client"
import { amountText, exactText, Money } from "@kit/format"
import { useTitle } from "@kit/record"
import { Go } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useWords } from "@kit/words"
import { Button } from "antd"
import type { Contact } from "./EditDialog"
import { words } from "./order.words"
import "./orders.css"

export default function PrintPage() {
  const t = useWords(words)
  const id = usePlace("order")
  const order = api.useQuery("get", "/v1/orders/{order_id}", { params: { path: { order_id: id } } })
  useTitle(`${t("slip")} ${id}`)
  return (
    <Answer of={order}>
      {(found) => {
        const contact = (found.contact ?? {}) as Contact
        return (
          <article className="slip">
            <p className="no-print">
              <Go to={`/orders/${id}`}>{t("orders")}</Go> <Button onClick={() => print()}>{t("print")}</Button>
            </p>
            <div className="slip-head">
              <div>
                <h1>{t("slip")}</h1>
                <div className="mono">{found.id}</div>
                <div className="num">{exactText(found.placed_at).slice(0, 16)}</div>
              </div>
              <address>
                {contact.name}
                <br />
                {contact.phone}
                <br />
                {contact.region}
                <br />
                {contact.address}
              </address>
            </div>
            <table className="rows">
              <thead>
                <tr>
                  <th scope="col">{t("product")}</th>
                  <th scope="col" className="end">
                    {t("quantity")}
                  </th>
                  <th scope="col" className="end">
                    {t("payable")}
                  </th>
                </tr>
              </thead>
              <tbody>
                {found.lines
                  .filter((line) => line.quantity > line.canceled)
                  .map((line) => (
                    <tr key={line.line_no}>
                      <td>
                        {line.title} <span className="item-code mono">{line.sku}</span>
                      </td>
                      <td className="end num">{line.quantity - line.canceled}</td>
                      <td className="end num">{amountText(line.payable, found.currency)}</td>
                    </tr>
                  ))}
              </tbody>
              <tfoot>
                <tr className="grand">
                  <td colSpan={2} className="end">
                    {t("total")}
                  </td>
                  <td className="end">
                    <Money minor={found.total - found.canceled} currency={found.currency} />
                  </td>
                </tr>
              </tfoot>
            </table>
          </article>
        )
      }}
    </Answer>
  )
}
