import { moneyText } from "@kit/format"
import { useWords } from "@kit/words"
import { useEffect, useState } from "react"
import type { Receipt } from "../keep/db"
import { readReceiptCode } from "../print/code39"
import { Paper } from "../print/Paper"
import { Dialog, KeyButton } from "../till/parts"
import { usePos, useStanding } from "../till/pos"
import { words } from "../words"

const time = new Intl.DateTimeFormat(undefined, {
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
})

/** The latest receipts and what became of each; any of them can be printed again. */
export function Queue({ close }: { close(): void }) {
  const t = useWords(words)
  const pos = usePos()
  const standing = useStanding()
  const [receipts, setReceipts] = useState<Receipt[]>([])
  const [wanted, want] = useState("")
  const [paper, setPaper] = useState<Receipt | null>(null)
  const moved = `${standing.waiting} ${standing.refused} ${standing.syncing}`
  // biome-ignore lint/correctness/useExhaustiveDependencies: read again whenever the queue has moved
  useEffect(() => {
    void pos.db.getAllFromIndex("receipts", "at").then((all) => setReceipts(all.reverse()))
  }, [pos.db, moved])
  useEffect(() => {
    if (paper) window.print()
  }, [paper])
  const states = { waiting: t("waiting"), booked: t("booked"), refused: t("refusedState") }
  const rank = { refused: 0, waiting: 1, booked: 2 }
  const shown = receipts
    .filter((one) => !wanted || one.no.includes(wanted))
    .sort((a, b) => rank[a.state] - rank[b.state])
    .slice(0, 200)
  return (
    <Dialog
      title={t("queue")}
      close={close}
      wide
      scans={{ policy: "take", take: (code) => want(readReceiptCode(code, pos.here).no) }}
    >
      <p className="muted">{t("queueHelp")}</p>
      <label className="field">
        <span>{t("findReceipt")}</span>
        <input value={wanted} inputMode="numeric" onChange={(event) => want(event.target.value.trim())} />
      </label>
      {shown.length ? (
        <ul className="rows">
          {shown.map((one) => (
            <li key={one.no}>
              <span className="num">{one.no}</span>
              <span className="num muted">{time.format(new Date(one.at))}</span>
              <span className={`rows-main state state-${one.state}`}>
                {states[one.state]}
                {one.offline ? <small> · {t("offlineMark")}</small> : null}
                {one.refusal ? <small> · {one.refusal}</small> : null}
              </span>
              <span className="num">{moneyText(one.total, one.currency)}</span>
              <KeyButton tone="quiet" onClick={() => setPaper({ ...one })}>
                {t("printAgain")}
              </KeyButton>
            </li>
          ))}
        </ul>
      ) : (
        <p className="muted">{t("noReceipts")}</p>
      )}
      <div className="dialog-foot">
        {standing.waiting ? (
          <KeyButton tone="primary" onClick={() => pos.engine.nudge()}>
            {t("sendNow")}
          </KeyButton>
        ) : null}
      </div>
      {paper ? <Paper receipt={paper} copy /> : null}
    </Dialog>
  )
}
