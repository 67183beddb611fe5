/** The shop's few small parts. Everything is an element of the platform first: it works with keys and is read out without help. */

import { moneyText } from "@kit/format/money"
import { locale } from "@kit/words/locale"
import { type ButtonHTMLAttributes, type InputHTMLAttributes, type ReactNode, useEffect, useId, useRef } from "react"
import type { Refusal } from "../ask"
import { type Say, useSay } from "../say"

export type Tone = "main" | "plain" | "quiet" | "danger"

export function Button({
  tone = "plain",
  busy,
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & { tone?: Tone; busy?: boolean }) {
  return (
    <button
      type="button"
      {...rest}
      aria-busy={busy || undefined}
      className={`button ${tone} ${rest.className ?? ""}`}
    />
  )
}

/** What one step of a product costs, as it is said: "$2.20 per 1,000 mgal", "from $3.99". */
export function priceText(t: Say, amount: number, per: number, unit: string, currency: string): string {
  const text = moneyText(amount, currency)
  if (per === 1 && unit === "piece") return text
  return `${text} ${per === 1 ? t("perOne", { unit }) : t("per", { count: per, unit })}`
}

export function Price(props: {
  amount: number
  per: number
  unit: string
  currency: string
  varies?: boolean
  large?: boolean
}) {
  const { amount, per, unit, currency, varies, large } = props
  const t = useSay()
  const money = moneyText(amount, currency)
  return (
    <span className={`price num ${large ? "large" : ""}`}>
      {varies ? t("from", { price: money }) : money}
      {per === 1 && unit === "piece" ? null : (
        <small> {per === 1 ? t("perOne", { unit }) : t("per", { count: per, unit })}</small>
      )}
    </span>
  )
}

export function Stock({ state, left }: { state: string; left: number | null }) {
  const t = useSay()
  if (state === "out") return <span className="stock out">{t("outOfStock")}</span>
  if (state === "few" && left !== null) return <span className="stock few">{t("fewLeft", { count: left })}</span>
  return <span className="stock in">{t("inStock")}</span>
}

export function Field(
  props: InputHTMLAttributes<HTMLInputElement> & { label: string; error?: string; hint?: string; grow?: boolean },
) {
  const { label, error, hint, grow, ...rest } = props
  const id = useId()
  const said = error ? `${id}-error` : hint ? `${id}-hint` : undefined
  return (
    <div className={`field ${grow ? "grow" : ""}`}>
      <label htmlFor={id}>{label}</label>
      <input {...rest} id={id} aria-invalid={error ? true : undefined} aria-describedby={said} />
      {error ? (
        <p className="field-error" id={`${id}-error`}>
          {error}
        </p>
      ) : hint ? (
        <p className="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      ) : null}
    </div>
  )
}

export function Select(props: {
  label: string
  value: string
  onChoose: (value: string) => void
  options: readonly (readonly [value: string, label: string])[]
  quiet?: boolean
  autoComplete?: string
}) {
  const id = useId()
  return (
    <div className={props.quiet ? "select-quiet" : "field"}>
      <label htmlFor={id} className={props.quiet ? "sr-only" : undefined}>
        {props.label}
      </label>
      <select
        id={id}
        value={props.value}
        autoComplete={props.autoComplete}
        onChange={(event) => props.onChoose(event.target.value)}
      >
        {props.options.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </div>
  )
}

/** How many: less, the number itself, more. */
export function Stepper(props: {
  count: number
  most?: number
  least?: number
  label: string
  onChange: (count: number) => void
}) {
  const { count, most = 1_000_000, least = 1, label, onChange } = props
  const t = useSay()
  return (
    <span className="stepper">
      <button
        type="button"
        aria-label={`${t("less")}: ${label}`}
        disabled={count <= least}
        onClick={() => onChange(count - 1)}
      >
        −
      </button>
      <input
        inputMode="numeric"
        aria-label={`${t("quantity")}: ${label}`}
        value={count}
        onChange={(event) => {
          const typed = Number(event.target.value.replace(/\D/g, ""))
          if (typed >= 0) onChange(Math.min(Math.max(typed, least), most))
        }}
      />
      <button
        type="button"
        aria-label={`${t("more")}: ${label}`}
        disabled={count >= most}
        onClick={() => onChange(count + 1)}
      >
        +
      </button>
    </span>
  )
}

/** A window over the page: closes with Escape, keeps the focus, gives it back. */
export function Sheet({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const t = useSay()
  const id = useId()
  useEffect(() => {
    const shown = dialog.current
    shown?.showModal()
    return () => shown?.close()
  }, [])
  return (
    <dialog ref={dialog} className="sheet" aria-labelledby={id} onClose={onClose} onCancel={onClose}>
      <header>
        <h2 id={id}>{title}</h2>
        <button type="button" className="icon" aria-label={t("close")} onClick={onClose}>
          ✕
        </button>
      </header>
      {children}
    </dialog>
  )
}

export function Notice({
  tone = "info",
  title,
  children,
}: {
  tone?: "info" | "good" | "warn" | "bad"
  title?: string
  children?: ReactNode
}) {
  return (
    <div className={`notice ${tone}`} role={tone === "bad" ? "alert" : "status"}>
      {title ? <strong>{title}</strong> : null}
      {children}
    </div>
  )
}

/** What went wrong, in the server's own words, and one way on. Its titles are in both languages, its details in English. */
export function Refused({ refusal, again }: { refusal: Refusal; again?: () => void }) {
  const t = useSay()
  const offline = refusal.status === 0
  return (
    <Notice tone="bad" title={offline ? t("offline") : refusal.title || t("failed")}>
      {offline ? <p>{t("offlineBody")}</p> : locale.now() === "en" ? <p>{refusal.detail}</p> : null}
      {again ? <Button onClick={again}>{t("again")}</Button> : null}
    </Notice>
  )
}

export function Empty({ title, body, children }: { title: string; body: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      <p>{body}</p>
      {children}
    </div>
  )
}

/** A name written in capitals is easier read in small letters; what is not all capitals stays as it is. */
export function calm(title: string): string {
  if (title !== title.toUpperCase() || !/[A-Z]{3}/.test(title)) return title
  const lower = title.toLowerCase()
  return lower.charAt(0).toUpperCase() + lower.slice(1)
}
