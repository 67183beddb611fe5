/** Parts made for fingers and keys: a button that shows its key, a dialog that keeps the focus, a keypad. */

import { problemOf } from "@kit/api/client"
import { minorDigits, moneyText, parseAmount } from "@kit/format"
import { problemText } from "@kit/states/problem"
import { useWords } from "@kit/words"
import { type ButtonHTMLAttributes, type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react"
import type { Policy } from "../scan/router"
import { words } from "../words"
import { usePos } from "./pos"

export function KeyButton({
  keyName,
  tone = "plain",
  children,
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & { keyName?: string; tone?: "plain" | "primary" | "danger" | "quiet" }) {
  return (
    <button
      type="button"
      {...rest}
      className={`key-button key-button-${tone} ${rest.className ?? ""}`}
      aria-keyshortcuts={keyName}
    >
      <span>{children}</span>
      {keyName ? <kbd>{keyName}</kbd> : null}
    </button>
  )
}

/** A dialog of the browser's own: it keeps the focus, closes with Esc and gives the focus back. */
export function Dialog(props: {
  title: string
  close(): void
  children: ReactNode
  wide?: boolean
  /** What becomes of scans while it is open. */
  scans?: { policy: Policy; take?: (code: string) => Promise<void> | void }
}) {
  const t = useWords(words)
  const { scans: queue } = usePos()
  const box = useRef<HTMLDialogElement>(null)
  const take = useRef(props.scans?.take)
  take.current = props.scans?.take
  const policy = props.scans?.policy ?? "reject"
  useEffect(() => {
    const shown = box.current
    const before = document.activeElement
    if (shown && !shown.open) {
      shown.showModal()
      // The browser would choose the way out; what one comes for is the first thing to fill in or to press.
      const body = ".dialog-body"
      const first =
        shown.querySelector<HTMLElement>("[data-first]") ??
        shown.querySelector<HTMLElement>(`${body} :is(input, select):not(:disabled)`) ??
        shown.querySelector<HTMLElement>(`${body} button:not(:disabled)`)
      first?.focus()
    }
    return () => {
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])
  useEffect(() => queue.enter(policy, (code) => take.current?.(code)), [queue, policy])
  return (
    <dialog
      ref={box}
      className={props.wide ? "dialog dialog-wide" : "dialog"}
      aria-label={props.title}
      onCancel={(event) => {
        event.preventDefault()
        props.close()
      }}
    >
      <header>
        <h2>{props.title}</h2>
        <KeyButton tone="quiet" keyName="Esc" onClick={props.close}>
          {t("close")}
        </KeyButton>
      </header>
      <div className="dialog-body">{props.children}</div>
    </dialog>
  )
}

/** An amount as it is typed: shown as money beside, null while it is none. */
export function AmountField(props: {
  label: string
  value: string
  change(text: string): void
  currency: string
  autoFocus?: boolean
  onKeyDown?: (event: KeyboardEvent<HTMLInputElement>) => void
  large?: boolean
}) {
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (props.autoFocus) input.current?.select()
  }, [props.autoFocus])
  const minor = parseAmount(props.value, props.currency)
  return (
    <label className={props.large ? "field field-large" : "field"}>
      <span>{props.label}</span>
      <input
        ref={input}
        inputMode={minorDigits(props.currency) ? "decimal" : "numeric"}
        autoComplete="off"
        // biome-ignore lint/a11y/noAutofocus: the one field of its dialog
        autoFocus={props.autoFocus}
        value={props.value}
        onFocus={(event) => event.target.select()}
        onChange={(event) => props.change(event.target.value.replace(/[^\d.,。-]/g, ""))}
        onKeyDown={props.onKeyDown}
        aria-invalid={props.value !== "" && minor === null}
      />
      <small className="num">{minor === null ? "" : moneyText(minor, props.currency)}</small>
    </label>
  )
}

export function Keypad(props: { press(sign: string): void; dot: boolean }) {
  const signs = ["7", "8", "9", "4", "5", "6", "1", "2", "3", props.dot ? "." : "00", "0", "⌫"]
  return (
    <div className="keypad" aria-hidden="true">
      {signs.map((sign) => (
        <button
          type="button"
          key={sign}
          tabIndex={-1}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => props.press(sign)}
        >
          {sign}
        </button>
      ))}
    </div>
  )
}

/** Types one sign of the keypad into a text. */
export function typed(text: string, sign: string): string {
  return sign === "⌫" ? text.slice(0, -1) : text + sign
}

export function Said({ thrown }: { thrown: unknown }) {
  const problem = problemOf(thrown)
  if (!thrown) return null
  const said = problem ? problemText(problem) : { title: String(thrown), detail: "" }
  return (
    <p role="alert" className="said-problem">
      <strong>{said.title}</strong>
      {said.detail ? <span>{said.detail}</span> : null}
    </p>
  )
}

/** Loads something once it is shown, and says what went wrong. */
export function useAsked<T>(
  ask: () => Promise<T>,
  deps: readonly unknown[],
): { data: T | null; thrown: unknown; again(): void } {
  const [state, setState] = useState<{ data: T | null; thrown: unknown }>({ data: null, thrown: null })
  const [round, setRound] = useState(0)
  const asking = useRef(ask)
  asking.current = ask
  const about = JSON.stringify([...deps, round])
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again whenever what it depends on has changed
  useEffect(() => {
    let gone = false
    asking.current().then(
      (data) => !gone && setState({ data, thrown: null }),
      (thrown) => !gone && setState({ data: null, thrown }),
    )
    return () => {
      gone = true
    }
  }, [about])
  return { ...state, again: () => setRound((now) => now + 1) }
}
