import { amountText, countText, moneyText } from "@kit/format"
import { useWords } from "@kit/words"
import { createPortal } from "react-dom"
import type { Receipt } from "../keep/db"
import { useOffName } from "../quote/says"
import { usePos } from "../till/pos"
import { words } from "../words"
import { code39, receiptCode } from "./code39"

const time = (at: string) => new Date(at).toLocaleString(undefined, { dateStyle: "short", timeStyle: "medium" })

/** A receipt as it is printed, 58 or 80 millimeters wide; only paper shows it. */
export function Paper({ receipt, copy }: { receipt: Receipt; copy?: boolean }) {
  const t = useWords(words)
  const { here, settings } = usePos()
  const named = useOffName()
  const { currency } = receipt
  return createPortal(
    <div className="paper" data-paper={settings.paper}>
      <h1>{here.storeName}</h1>
      <p>{here.sellerName}</p>
      {copy ? <p className="paper-mark">{t("copy")}</p> : null}
      <p>
        {t("receiptNo")} {receipt.no} · {here.device}
        <br />
        {time(receipt.at)}
        {receipt.cashier ? (
          <>
            <br />
            {t("cashier")} {receipt.cashier}
          </>
        ) : null}
      </p>
      <table>
        <tbody>
          {receipt.lines.map((line, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place on the receipt
            <tr key={i}>
              <td>
                {line.title}
                <br />
                <small>
                  {countText(line.quantity)} {line.unit === "piece" ? "" : line.unit} ×{" "}
                  {amountText(line.price, currency)}
                  {line.per !== 1 ? ` / ${line.per}` : ""}
                </small>
              </td>
              <td>{amountText(line.amount, currency)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          {receipt.offs?.map((off) => (
            <tr key={`${off.stage} ${off.rule}`}>
              <td>{named(off)}</td>
              <td>{amountText(-off.amount, currency)}</td>
            </tr>
          ))}
          {!receipt.offs && receipt.discount ? (
            <tr>
              <td>{t("discount")}</td>
              <td>{amountText(-receipt.discount, currency)}</td>
            </tr>
          ) : null}
          <tr>
            <td>{receipt.top ? t("taxTop") : t("taxIn")}</td>
            <td>{amountText(receipt.tax, currency)}</td>
          </tr>
          <tr className="paper-total">
            <td>{t("total")}</td>
            <td>{moneyText(receipt.total, currency)}</td>
          </tr>
          {receipt.tenders.map((one) => (
            <tr key={`${one.method} ${one.ending ?? ""}`}>
              <td>
                {t.maybe(one.method)}
                {one.ending ? ` ···${one.ending}` : ""}
              </td>
              <td>{amountText(one.amount, currency)}</td>
            </tr>
          ))}
          {receipt.change ? (
            <tr>
              <td>{t("change")}</td>
              <td>{amountText(receipt.change, currency)}</td>
            </tr>
          ) : null}
        </tfoot>
      </table>
      {receipt.member ? (
        <p>
          {t("member")} {receipt.member.length > 4 ? `···${receipt.member.slice(-4)}` : receipt.member}
          {receipt.points?.used ? (
            <>
              <br />
              {t("pointsSpent")} {countText(receipt.points.used)}
            </>
          ) : null}
          {receipt.points?.earned ? (
            <>
              <br />
              {t("pointsEarned")} {countText(receipt.points.earned)}
            </>
          ) : null}
        </p>
      ) : null}
      {receipt.discount ? (
        <p className="paper-saved">{t("savedAmount", { amount: moneyText(receipt.discount, currency) })}</p>
      ) : null}
      {receipt.plain ? <p>{t("plainPaper")}</p> : null}
      {receipt.offline ? <p className="paper-mark">{t("bookedLater")}</p> : null}
      <Bars text={receiptCode(here.store, here.device, receipt.no)} />
      <p>{t("thanks")}</p>
    </div>,
    document.body,
  )
}

function Bars({ text }: { text: string }) {
  const drawn = code39(text)
  if (!drawn) return <p>{text}</p>
  return (
    <figure>
      <svg viewBox={`0 0 ${drawn.width} 40`} preserveAspectRatio="none" role="img" aria-label={text}>
        {drawn.bars.map(([x, width]) => (
          <rect key={x} x={x} y={0} width={width} height={40} />
        ))}
      </svg>
      <figcaption>{text}</figcaption>
    </figure>
  )
}
