import { fetcher, idempotencyKey } from "@kit/api/client"
import type { OrderView, ReturnedView } from "@kit/api/schema.gen"
import { amountText, countText, moneyText } from "@kit/format"
import { useLocale, useWords } from "@kit/words"
import { useEffect, useRef, useState } from "react"
import { readReceiptCode } from "../print/code39"
import { Dialog, KeyButton, Said, useAsked } from "../till/parts"
import { told, usePos } from "../till/pos"
import { words } from "../words"

export function Refund({ close, online }: { close(): void; online: boolean }) {
  const t = useWords(words)
  const pos = usePos()
  const [text, setText] = useState("")
  const [found, setFound] = useState<OrderView | null>(null)
  const [thrown, setThrown] = useState<unknown>(null)

  async function look(code: string) {
    const { store, device, no } = readReceiptCode(code, pos.here)
    setThrown(null)
    try {
      const path = { store, device, receipt_no: no }
      setFound(await told(fetcher.GET("/v1/receipts/{store}/{device}/{receipt_no}", { params: { path } })))
    } catch (refusal) {
      setThrown(refusal)
      pos.reject(t("unknown", { code }))
    }
  }

  return (
    <Dialog title={t("refund")} close={close} wide scans={{ policy: found ? "reject" : "take", take: look }}>
      {!online ? (
        <p role="status">{t("refundOffline")}</p>
      ) : found ? (
        <GoodsBack order={found} close={close} />
      ) : (
        <>
          <label className="field field-large">
            <span>{t("refundHelp")}</span>
            <input
              autoFocus
              autoComplete="off"
              value={text}
              placeholder="000042"
              onChange={(event) => setText(event.target.value)}
              onKeyDown={(event) => {
                if (event.key === "Enter" && text.trim()) void look(text)
              }}
            />
          </label>
          <Said thrown={thrown} />
        </>
      )}
    </Dialog>
  )
}

function GoodsBack({ order, close }: { order: OrderView; close(): void }) {
  const t = useWords(words)
  const zh = useLocale() === "zh"
  const pos = usePos()
  const able = order.lines.map((line) => line.shipped - line.returned)
  const [units, setUnits] = useState<number[]>(able)
  const [reason, setReason] = useState("")
  const [restock, setRestock] = useState(true)
  const [preview, setPreview] = useState<ReturnedView | null>(null)
  const [thrown, setThrown] = useState<unknown>(null)
  const [done, setDone] = useState<ReturnedView | null>(null)
  const [busy, setBusy] = useState(false)
  const key = useRef(idempotencyKey())
  const reasons = useAsked(() => told(fetcher.GET("/v1/return-reasons")), [])
  const till = pos.engine.now().lease?.shift ? { store: pos.here.store, device: pos.here.device } : undefined
  const wish = JSON.stringify({
    reason: reason || "changed_mind",
    lines: order.lines.flatMap((line, i) => (units[i] ? [{ line: line.line_no, quantity: units[i], restock }] : [])),
    ...(till ? { till } : {}),
  })

  useEffect(() => {
    let gone = false
    const body = JSON.parse(wish) as { lines: unknown[] }
    if (!body.lines.length) return setPreview(null)
    told(
      fetcher.POST("/v1/orders/{order_id}/returns/preview", {
        params: { path: { order_id: order.id } },
        body: body as never,
      }),
    )
      .then(
        (would) => ({ would, refusal: null }),
        (refusal) => ({ would: null, refusal }),
      )
      .then(({ would, refusal }) => {
        if (gone) return
        setPreview(would)
        setThrown(refusal)
      })
    return () => {
      gone = true
    }
  }, [wish, order.id])

  async function refund() {
    if (!reason || !preview || busy) return
    setBusy(true)
    setThrown(null)
    try {
      const header = { "Idempotency-Key": key.current }
      const params = { path: { order_id: order.id }, header }
      setDone(await told(fetcher.POST("/v1/orders/{order_id}/returns", { params, body: JSON.parse(wish) } as never)))
    } catch (refusal) {
      key.current = idempotencyKey()
      setThrown(refusal)
    }
    setBusy(false)
  }

  const { currency } = order
  if (done)
    return (
      <div className="done">
        <div className="total total-change">
          <span>{t("refunded", { amount: "" })}</span>
          <output className="num">{moneyText(done.refund, currency)}</output>
        </div>
        <Back view={done} />
        <p className="muted">{t("refundDone")}</p>
        <div className="dialog-foot">
          <KeyButton tone="primary" autoFocus keyName="Enter" onClick={close}>
            {t("close")}
          </KeyButton>
        </div>
      </div>
    )
  if (able.every((count) => count <= 0)) return <p role="status">{t("nothingBack")}</p>
  return (
    <div className="refund">
      <p className="muted num">
        {t("receiptNo")} {order.receipt_no} · {new Date(order.placed_at).toLocaleString()} ·{" "}
        {moneyText(order.total, currency)}
      </p>
      <ul className="rows">
        {order.lines.map((line, i) => (
          <li key={line.line_no}>
            <span className="rows-main">
              {line.title || line.sku}
              <small className="muted">
                {" "}
                · {t("returnable", { count: countText(able[i] ?? 0), all: countText(line.quantity) })}
              </small>
            </span>
            <span className="num">{amountText(line.payable, currency)}</span>
            <label className="units">
              <span className="sr">{t("quantityOf", { what: line.title || line.sku })}</span>
              <input
                type="number"
                min={0}
                max={able[i]}
                disabled={!able[i]}
                value={units[i]}
                onChange={(event) => {
                  const count = Math.max(0, Math.min(able[i] ?? 0, Math.floor(Number(event.target.value) || 0)))
                  setUnits(units.map((one, j) => (j === i ? count : one)))
                }}
              />
            </label>
          </li>
        ))}
      </ul>
      <div className="fields">
        <label className="field">
          <span>{t("reason")}</span>
          <select value={reason} onChange={(event) => setReason(event.target.value)}>
            <option value="">—</option>
            {(reasons.data?.items ?? []).map((one) => (
              <option key={one.code} value={one.code}>
                {zh ? one.means_zh : one.means}
              </option>
            ))}
          </select>
        </label>
        <label className="tick">
          <input type="checkbox" checked={restock} onChange={(event) => setRestock(event.target.checked)} />
          <span>{t("restock")}</span>
        </label>
      </div>
      {preview ? <Back view={preview} /> : null}
      <Said thrown={thrown} />
      <div className="dialog-foot">
        <KeyButton tone="danger" disabled={!reason || !preview || busy} onClick={() => void refund()}>
          {t("refundFor", { amount: moneyText(preview?.refund ?? 0, currency) })}
        </KeyButton>
      </div>
    </div>
  )
}

/** To which tenders the money goes, to the cent, and what becomes of what was taken off besides. */
function Back({ view }: { view: ReturnedView }) {
  const t = useWords(words)
  const { currency } = view
  const undone = new Map<string, { stage: string; rule: string; amount: number }>()
  for (const one of view.undone.flatMap((line) => line.adjustments)) {
    const before = undone.get(`${one.stage} ${one.rule}`)
    undone.set(`${one.stage} ${one.rule}`, { ...one, amount: one.amount + (before?.amount ?? 0) })
  }
  return (
    <div className="back">
      <strong>{t("refundTo")}</strong>
      <ul className="tenders">
        {view.refunds.map((one) => (
          <li key={one.payment}>
            <span>{t.maybe(one.method)}</span>
            <span className="num">{moneyText(one.amount, currency)}</span>
          </li>
        ))}
      </ul>
      {undone.size ? (
        <>
          <strong id="fromSale">{t("fromSale")}</strong>
          <ul className="tenders" aria-labelledby="fromSale">
            {[...undone.values()].map((one) => (
              <li key={`${one.stage} ${one.rule}`}>
                <span>
                  {t.maybe(`offStage.${one.stage}`)}
                  <small className="muted"> · {t(BACK_TO_MEMBER.has(one.stage) ? "backToMember" : "notBack")}</small>
                </span>
                <span className="num">{moneyText(one.amount, currency)}</span>
              </li>
            ))}
          </ul>
        </>
      ) : null}
      {view.withheld.length ? (
        <ul className="tenders" aria-label={t("withheld")}>
          {view.withheld.map((one) => (
            <li key={`${one.kind} ${one.line} ${one.rule}`}>
              <span>{t(`withholds.${one.kind}`)}</span>
              <span className="num">{moneyText(-one.payable, currency)}</span>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  )
}

/** What pays in place of money comes back as it was; what a promotion gave does not. */
const BACK_TO_MEMBER = new Set(["points", "red_packet"])
