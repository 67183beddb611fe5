import { countText, moneyText } from "@kit/format"
import { useWords } from "@kit/words"
import { useRef } from "react"
import type { Receipt } from "../keep/db"
import { Paper } from "../print/Paper"
import { Dialog, KeyButton } from "../till/parts"
import { usePos } from "../till/pos"
import { words } from "../words"

/** Rung up: the change is what matters now. */
export function Done({ receipt, close }: { receipt: Receipt; close(): void }) {
  const t = useWords(words)
  const pos = usePos()
  const take = useRef(pos.scans)
  const { currency } = receipt
  return (
    <Dialog
      title={`${t("paid")} · ${t("receiptNo")} ${receipt.no}`}
      close={close}
      scans={{
        policy: "take",
        // The next customer's first item is already being scanned: begin the next sale with it.
        take: (code) => {
          close()
          setTimeout(() => void take.current.put(code), 60)
        },
      }}
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: P prints from wherever the focus is in the dialog */}
      <div
        className="done"
        onKeyDown={(event) => {
          if (event.key.toLowerCase() === "p") window.print()
        }}
      >
        <div className="total total-change">
          <span>{receipt.change ? t("change") : t("noChange")}</span>
          <output className="num">{moneyText(receipt.change, currency)}</output>
        </div>
        <p className="muted num">
          {t("total")} {moneyText(receipt.total, currency)} ·{" "}
          {receipt.tenders.map((one) => `${t.maybe(one.method)} ${moneyText(one.amount, currency)}`).join(" · ")}
          {receipt.offline ? ` · ${t("bookedLater")}` : ""}
        </p>
        {receipt.discount || receipt.points?.earned ? (
          <p className="done-saved num">
            {receipt.discount ? <em>{t("savedAmount", { amount: moneyText(receipt.discount, currency) })}</em> : null}
            {receipt.points?.earned ? <span>{t("earns", { count: receipt.points.earned })}</span> : null}
            {receipt.points?.used ? (
              <span className="muted">− {t("pointsUsed", { count: countText(receipt.points.used) })}</span>
            ) : null}
          </p>
        ) : null}
        {receipt.state === "waiting" && !receipt.plain ? <p role="status">{t("unanswered")}</p> : null}
        <div className="dialog-foot">
          <KeyButton keyName="P" onClick={() => window.print()}>
            {t("print")}
          </KeyButton>
          <button data-first="" type="button" className="key-button key-button-primary" onClick={close}>
            <span>{t("nextSale")}</span>
            <kbd>Enter</kbd>
          </button>
        </div>
      </div>
      <Paper receipt={receipt} />
    </Dialog>
  )
}
