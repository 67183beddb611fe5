import { fetcher, idempotencyKey, problemOf } from "@kit/api/client"
import type { CountedView, ReportView, TillShift } from "@kit/api/schema.gen"
import { moneyText, parseAmount } from "@kit/format"
import { useLocale, useWords } from "@kit/words"
import { useRef, useState } from "react"
import { kept } from "../keep/db"
import { faces } from "../money/arithmetic"
import { AmountField, KeyButton, Said, useAsked } from "../till/parts"
import { told, usePos, useStanding } from "../till/pos"
import { words } from "../words"
import { METHODS } from "./Pay"
import { ReportSheet } from "./ReportSheet"

/** Counted blind, then compared, then explained: in this order, and no way round it. */
export function CloseShift(props: { shift: TillShift; closed(): void; sellOn(): void }) {
  const t = useWords(words)
  const pos = usePos()
  const { currency } = pos.here
  const [counted, setCounted] = useState<CountedView | null>(null)
  const [z, setZ] = useState<ReportView | null>(null)
  if (z)
    return (
      <>
        <p role="status" className="closed">
          {t("closed", { no: z.report.shift_no })}
        </p>
        <ReportSheet view={z} />
        <div className="dialog-foot">
          <KeyButton
            tone="primary"
            onClick={() => {
              pos.engine.nudge()
              props.closed()
            }}
          >
            {t("close")}
          </KeyButton>
        </div>
      </>
    )
  if (counted) return <Explain counted={counted} currency={currency} done={setZ} />
  return <Count shift={props.shift} done={setCounted} sellOn={props.sellOn} />
}

function Count(props: { shift: TillShift; done(view: CountedView): void; sellOn(): void }) {
  const t = useWords(words)
  const pos = usePos()
  const standing = useStanding()
  const { currency } = pos.here
  const notes = faces(currency)
  const [pieces, setPieces] = useState<Record<number, string>>({})
  const [others, setOthers] = useState<Record<string, string>>({})
  const [thrown, setThrown] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const key = useRef(idempotencyKey())
  const cash = notes.reduce((sum, face) => sum + face * Number(pieces[face] || 0), 0)
  const problem = problemOf(thrown)
  const missing = problem?.code === "store.unsynced_receipts" ? (problem.missing as number[] | undefined) : undefined

  async function count() {
    setBusy(true)
    setThrown(null)
    try {
      await pos.engine.sync()
      const [head, queue] = [await kept(pos.db, "head"), await pos.db.getAll("queue")]
      const tenders = [
        {
          method: "cash",
          counted_minor: cash,
          denominations: notes.flatMap((face) =>
            Number(pieces[face] || 0) ? [{ face_minor: face, pieces: Number(pieces[face]) }] : [],
          ),
        },
        ...METHODS.filter((one) => one.method !== "cash").flatMap(({ method }) => {
          const minor = parseAmount(others[method] ?? "", currency)
          return minor ? [{ method, counted_minor: minor }] : []
        }),
      ]
      const body = { tenders, last_seq: head?.seq ?? 0, unsynced: queue.map((one) => one.sale.receipt_no) }
      const params = { path: { shift: props.shift.id }, header: { "Idempotency-Key": key.current } }
      props.done(await told(fetcher.POST("/v1/shifts/{shift}/counts", { params, body } as never)))
    } catch (refusal) {
      key.current = idempotencyKey()
      setThrown(refusal)
      setBusy(false)
    }
  }

  async function reopen() {
    const params = { path: { shift: props.shift.id } }
    await told(fetcher.POST("/v1/shifts/{shift}/reopen", { params } as never)).catch(setThrown)
    pos.engine.nudge()
    props.sellOn()
  }

  return (
    <>
      <p className="muted">{t("countHelp")}</p>
      {standing.waiting ? (
        <Waiting />
      ) : missing?.length ? (
        <p role="alert" className="said-problem">
          <strong>{t("unsynced")}</strong>
          <span>{t("missingPlaces", { places: missing.slice(0, 20).join(", ") })}</span>
        </p>
      ) : (
        <Said thrown={thrown} />
      )}
      <div className="count">
        <div className="count-cash">
          {notes.map((face, i) => (
            <label key={face}>
              <span className="num">{moneyText(face, currency)}</span>
              <input
                // biome-ignore lint/a11y/noAutofocus: where counting begins
                autoFocus={i === 0}
                inputMode="numeric"
                aria-label={`${t("pieces")} ${moneyText(face, currency)}`}
                value={pieces[face] ?? ""}
                onChange={(event) =>
                  setPieces({ ...pieces, [face]: event.target.value.replace(/\D/g, "").slice(0, 6) })
                }
              />
              <span className="num muted">{moneyText(face * Number(pieces[face] || 0), currency)}</span>
            </label>
          ))}
        </div>
        <div>
          <div className="total total-change">
            <span>{t("countedCash")}</span>
            <output className="num">{moneyText(cash, currency)}</output>
          </div>
          {METHODS.filter((one) => one.method !== "cash").map(({ method }) => (
            <AmountField
              key={method}
              label={t(method)}
              value={others[method] ?? ""}
              change={(text) => setOthers({ ...others, [method]: text })}
              currency={currency}
            />
          ))}
        </div>
      </div>
      <div className="dialog-foot">
        {props.shift.counted ? (
          <KeyButton tone="quiet" onClick={() => void reopen()}>
            {t("countAgain")}
          </KeyButton>
        ) : null}
        <KeyButton tone="primary" disabled={busy || standing.waiting > 0} onClick={() => void count()}>
          {t("countDone", { amount: moneyText(cash, currency) })}
        </KeyButton>
      </div>
    </>
  )
}

/** The receipts in the way, by number. */
function Waiting() {
  const t = useWords(words)
  const pos = usePos()
  const standing = useStanding()
  const queue = useAsked(() => pos.db.getAll("queue"), [standing.waiting])
  return (
    <div role="alert" className="said-problem">
      <strong>{t("unsynced")}</strong>
      <span>{t("unsyncedHelp")}</span>
      <ul className="numbers num">
        {(queue.data ?? []).slice(0, 60).map((one) => (
          <li key={one.seq}>{one.sale.receipt_no}</li>
        ))}
      </ul>
      <KeyButton onClick={() => pos.engine.nudge()}>{t("sendNow")}</KeyButton>
    </div>
  )
}

function Explain(props: { counted: CountedView; currency: string; done(view: ReportView): void }) {
  const t = useWords(words)
  const zh = useLocale() === "zh"
  const { counted, currency } = props
  const [why, setWhy] = useState<Record<string, string>>({})
  const [thrown, setThrown] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const key = useRef(idempotencyKey())
  const reasons = useAsked(() => told(fetcher.GET("/v1/till/reasons")), [])
  const off = counted.drawer.filter((line) => line.variance)
  const sum = off.reduce((all, line) => all + (line.variance ?? 0), 0)
  const ready = off.every((line) => why[line.method])

  async function close() {
    setBusy(true)
    setThrown(null)
    try {
      const params = { path: { shift: counted.id }, header: { "Idempotency-Key": key.current } }
      const body = { reasons: off.map((line) => ({ method: line.method, reason: why[line.method] })) }
      props.done(await told(fetcher.POST("/v1/shifts/{shift}/close", { params, body } as never)))
    } catch (refusal) {
      key.current = idempotencyKey()
      setThrown(refusal)
      setBusy(false)
    }
  }

  return (
    <>
      <p>{off.length ? t("explain") : t("fits")}</p>
      <table className="drawer">
        <thead>
          <tr>
            <th scope="col" />
            <th scope="col">{t("counted")}</th>
            <th scope="col">{t("expected")}</th>
            <th scope="col">{t("variance")}</th>
            <th scope="col">{t("reason")}</th>
          </tr>
        </thead>
        <tbody>
          {counted.drawer.map((line) => (
            <tr key={line.method}>
              <th scope="row">{t.maybe(line.method)}</th>
              <td className="num">{moneyText(line.counted ?? 0, currency)}</td>
              <td className="num">{moneyText(line.expected, currency)}</td>
              <td className={line.variance ? "num off" : "num"}>{moneyText(line.variance ?? 0, currency, true)}</td>
              <td>
                {line.variance ? (
                  <select
                    aria-label={`${t("reason")} ${t.maybe(line.method)}`}
                    value={why[line.method] ?? ""}
                    onChange={(event) => setWhy({ ...why, [line.method]: event.target.value })}
                  >
                    <option value="">—</option>
                    {(reasons.data?.items ?? [])
                      .filter((one) => one.kind === "variance")
                      .map((one) => (
                        <option key={one.code} value={one.code}>
                          {zh ? one.means_zh : one.means}
                        </option>
                      ))}
                  </select>
                ) : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Said thrown={thrown} />
      <div className="dialog-foot">
        <KeyButton tone="primary" disabled={!ready || busy} onClick={() => void close()}>
          {off.length ? t("closeNow", { amount: moneyText(sum, currency, true) }) : t("closeExact")}
        </KeyButton>
      </div>
    </>
  )
}
