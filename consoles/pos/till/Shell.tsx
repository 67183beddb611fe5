import { fetcher } from "@kit/api/client"
import { Mark } from "@kit/brand"
import { countText, moneyText } from "@kit/format"
import { useWords } from "@kit/words"
import { useState } from "react"
import { OpenShift } from "../screens/OpenShift"
import { Queue } from "../screens/Queue"
import { Sell } from "../screens/Sell"
import { words } from "../words"
import { KeyButton } from "./parts"
import { told, usePos, useStanding } from "./pos"

const day = new Intl.DateTimeFormat(undefined, { weekday: "short", hour: "2-digit", minute: "2-digit" })

/** The bar above, the calm word about the network, and the till itself. */
export function Shell() {
  const t = useWords(words)
  const pos = usePos()
  const standing = useStanding()
  const [withoutShift, goWithout] = useState(false)
  const [queue, showQueue] = useState(false)
  const { lease } = standing
  const currency = pos.here.currency
  const mustOpen = lease !== null && lease.shift === null && !withoutShift
  return (
    <>
      <header className="bar">
        <Mark size={22} />
        <strong>{pos.here.storeName}</strong>
        <span className="muted">
          {pos.here.device}
          {lease?.shift ? ` · ${t("shiftNo", { no: lease.shift.shift_no })}` : ""}
        </span>
        <span className="bar-space" />
        {pos.shelfDone ? (
          <span className="muted num bar-goods">{t("shelfReady", { rows: countText(pos.shelfRows) })}</span>
        ) : (
          <span className="bar-goods num" role="status">
            <progress />
            {t("shelfLoading", { rows: countText(pos.shelfRows) })}
          </span>
        )}
        <KeyButton tone="quiet" onClick={() => showQueue(true)}>
          {t("queue")}
          {standing.waiting ? ` · ${standing.waiting}` : ""}
        </KeyButton>
        <span className="bar-who">{pos.me.name}</span>
      </header>
      {!standing.online ? (
        <aside className="banner" role="status">
          <strong>
            <i aria-hidden="true">◌</i> {t("offline")}
          </strong>
          <span>
            {t("offlineSaid", {
              count: standing.waiting,
              amount: moneyText(standing.waitingAmount, currency),
              max: lease?.offline_count_max ?? 0,
              maxAmount: moneyText(lease?.offline_amount_max ?? 0, currency),
              until: lease ? day.format(new Date(lease.offline_until)) : "",
            })}
          </span>
          <KeyButton tone="quiet" onClick={() => pos.engine.nudge()}>
            {t("tryNow")}
          </KeyButton>
        </aside>
      ) : standing.waiting > 1 && standing.syncing ? (
        <aside className="banner" role="status">
          <span>{t("sending", { count: standing.waiting })}</span>
        </aside>
      ) : null}
      {lease?.shift?.counted ? <Counted shift={lease.shift.id} /> : null}
      {standing.refused ? (
        <aside className="banner banner-warn">
          <span>{t("refusedSome", { count: standing.refused })}</span>
          <KeyButton tone="quiet" onClick={() => showQueue(true)}>
            {t("queue")}
          </KeyButton>
        </aside>
      ) : null}
      {mustOpen ? <OpenShift without={lease.shifts_required ? null : () => goWithout(true)} /> : <Sell />}
      {queue ? <Queue close={() => showQueue(false)} /> : null}
    </>
  )
}

/** Counted and left open: nothing is sold in this drawer until somebody decides. */
function Counted({ shift }: { shift: string }) {
  const t = useWords(words)
  const pos = usePos()
  return (
    <aside className="banner banner-warn" role="status">
      <span>{t("isCounted")}</span>
      <KeyButton
        tone="quiet"
        onClick={() =>
          void told(fetcher.POST("/v1/shifts/{shift}/reopen", { params: { path: { shift } } } as never)).then(
            () => pos.engine.nudge(),
            () => pos.reject(t("unreachable")),
          )
        }
      >
        {t("countAgain")}
      </KeyButton>
    </aside>
  )
}
