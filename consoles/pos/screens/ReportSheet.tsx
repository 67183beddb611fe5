import type { ReportView } from "@kit/api/schema.gen"
import { amountText, moneyText } from "@kit/format"
import { useWords } from "@kit/words"
import { KeyButton } from "../till/parts"
import { usePos } from "../till/pos"
import { words } from "../words"

/** An X or Z report, on the screen and on the same paper as receipts. */
export function ReportSheet({ view }: { view: ReportView }) {
  const t = useWords(words)
  const { here } = usePos()
  const { report } = view
  const { currency, sold } = report
  const time = (at: string) => new Date(at).toLocaleString(undefined, { dateStyle: "short", timeStyle: "short" })
  const money = (minor: number) => amountText(minor, currency)
  return (
    <div className="report">
      <div className="report-sheet">
        <h3>
          {report.z_no === null ? t("xReport") : `${t("zReport")} ${report.z_no}`} · {here.storeName} · {view.device}
        </h3>
        <dl className="sums">
          <dt>{t("opened")}</dt>
          <dd className="num">{time(report.opened_at)}</dd>
          <dt>{t("at")}</dt>
          <dd className="num">{time(report.made_at)}</dd>
          <dt>{t("receipts")}</dt>
          <dd className="num">
            {sold.receipts}
            {sold.receipts ? ` (${sold.first_receipt}–${sold.last_receipt})` : ""}
          </dd>
          <dt>{t("gross")}</dt>
          <dd className="num">{money(sold.gross)}</dd>
          <dt>{t("discount")}</dt>
          <dd className="num">{money(-sold.discount)}</dd>
          <dt>{t("taxTop")}</dt>
          <dd className="num">{money(sold.tax)}</dd>
          <dt>
            <strong>{t("total")}</strong>
          </dt>
          <dd className="num">
            <strong>{moneyText(sold.total, currency)}</strong>
          </dd>
          <dt>
            {t("refunds")} ({report.refunds})
          </dt>
          <dd className="num">{money(-report.refunded)}</dd>
        </dl>
        <table className="drawer">
          <thead>
            <tr>
              <th scope="col" />
              <th scope="col">{t("float")}</th>
              <th scope="col">{t("sales")}</th>
              <th scope="col">{t("refunds")}</th>
              <th scope="col">{t("paidIn")}</th>
              <th scope="col">{t("paidOut")}</th>
              <th scope="col">{t("expected")}</th>
              {report.z_no === null ? null : (
                <>
                  <th scope="col">{t("counted")}</th>
                  <th scope="col">{t("variance")}</th>
                </>
              )}
            </tr>
          </thead>
          <tbody>
            {report.drawer.map((line) => (
              <tr key={line.method}>
                <th scope="row">{t.maybe(line.method)}</th>
                {[line.float_minor, line.sales, -line.refunds, line.paid_in, -line.paid_out, line.expected].map(
                  (minor, i) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: columns have no other name
                    <td key={i} className="num">
                      {money(minor)}
                    </td>
                  ),
                )}
                {report.z_no === null ? null : (
                  <>
                    <td className="num">{money(line.counted ?? 0)}</td>
                    <td className="num">
                      {money(line.variance ?? 0)}
                      {line.reason ? <small className="muted"> {line.reason}</small> : null}
                    </td>
                  </>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="dialog-foot">
        <KeyButton
          onClick={() => {
            document.documentElement.dataset.print = "report"
            window.print()
            delete document.documentElement.dataset.print
          }}
        >
          {t("print")}
        </KeyButton>
      </div>
    </div>
  )
}
