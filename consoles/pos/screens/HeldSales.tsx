import { moneyText } from "@kit/format"
import { useWords } from "@kit/words"
import { useCallback, useEffect, useState } from "react"
import type { Held } from "../keep/db"
import { sumOf } from "../money/arithmetic"
import { Dialog, KeyButton } from "../till/parts"
import { usePos } from "../till/pos"
import { words } from "../words"

const time = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" })

export function HeldSales(props: { busy: boolean; take(held: Held): void; close(): void }) {
  const t = useWords(words)
  const { db, here } = usePos()
  const [held, setHeld] = useState<Held[]>([])
  const load = useCallback(() => void db.getAll("held").then(setHeld), [db])
  useEffect(load, [load])

  async function take(one: Held) {
    if (one.id === undefined || props.busy) return
    await db.delete("held", one.id)
    props.take(one)
    props.close()
  }

  return (
    <Dialog title={t("held")} close={props.close} wide>
      {props.busy ? <p role="status">{t("recallFirst")}</p> : null}
      {held.length ? (
        <ul className="rows">
          {held.map((one, i) => (
            <li key={one.id}>
              <span className="num">{time.format(one.at)}</span>
              <span className="rows-main">
                {one.lines.map((line) => line.goods.title).join(", ")}
                {one.member ? <small className="muted"> · {one.member.name || one.member.value}</small> : null}
              </span>
              <span className="num">{moneyText(sumOf(one.lines).total, here.currency)}</span>
              <KeyButton autoFocus={i === 0} tone="primary" disabled={props.busy} onClick={() => void take(one)}>
                {t("recall")}
              </KeyButton>
              <KeyButton
                tone="quiet"
                onClick={async () => {
                  if (one.id !== undefined) await db.delete("held", one.id)
                  load()
                }}
              >
                {t("drop")}
              </KeyButton>
            </li>
          ))}
        </ul>
      ) : (
        <p className="muted">{t("heldNone")}</p>
      )}
    </Dialog>
  )
}
