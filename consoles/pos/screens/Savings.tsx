import type { Note } from "@kit/api/schema.gen"
import { countText, moneyText } from "@kit/format"
import { useWords } from "@kit/words"
import { useState } from "react"
import { ALL, type Choices, couponCode, explained, type Quoted } from "../quote/quote"
import type { Told } from "../quote/quoter"
import { useBecause, useMissing, useNamed } from "../quote/says"
import { Dialog, KeyButton } from "../till/parts"
import { usePos } from "../till/pos"
import { words } from "../words"

/** What the member can use with this sale, and why it costs what it costs. */
export function Savings(props: {
  told: Told
  choices: Choices
  choose(change: Partial<Choices>): void
  add(sku: string): void
  close(): void
}) {
  const t = useWords(words)
  const { told, choices, choose } = props
  const [code, setCode] = useState("")
  const quoted = told.state === "told" || told.state === "asking" ? (told.answer?.quoted ?? null) : null

  function use(typed: string) {
    const wanted = couponCode(typed)
    if (wanted && !choices.coupons.includes(wanted)) choose({ coupons: [...choices.coupons, wanted] })
    setCode("")
  }

  return (
    <Dialog title={t("savings")} close={props.close} wide scans={{ policy: "take", take: use }}>
      {quoted ? (
        <div className="savings">
          <section>
            <h3 className="label">{t("coupons")}</h3>
            <Coupons quoted={quoted} choices={choices} choose={choose} />
            <form
              className="savings-code"
              onSubmit={(event) => {
                event.preventDefault()
                use(code)
              }}
            >
              <label className="field">
                <span>{t("couponCode")}</span>
                <input
                  value={code}
                  autoComplete="off"
                  autoCapitalize="characters"
                  spellCheck={false}
                  maxLength={64}
                  onChange={(event) => setCode(event.target.value)}
                />
              </label>
              <button type="submit" className="key-button" disabled={!code.trim()}>
                <span>{t("couponUse")}</span>
                <kbd>Enter</kbd>
              </button>
            </form>
            {quoted.points.units ? <Points quoted={quoted} choices={choices} choose={choose} /> : null}
            {quoted.red_packets.units ? (
              <ul className="rows">
                <Chosen
                  name={t("redPacket")}
                  amount={quoted.red_packets.amount}
                  currency={quoted.currency}
                  on={choices.redPacket > 0}
                  flip={() => choose({ redPacket: choices.redPacket ? 0 : ALL })}
                />
              </ul>
            ) : null}
          </section>
          <section>
            <h3 className="label">{t("savingsWhy")}</h3>
            <Why quoted={quoted} add={props.add} />
          </section>
        </div>
      ) : (
        <p role="status">
          {told.state === "offline" ? t("cardOnline") : told.state === "refused" ? told.refusal?.title : t("asking")}
        </p>
      )}
    </Dialog>
  )
}

function Chosen(props: {
  name: string
  code?: string
  amount: number
  currency: string
  on: boolean
  why?: string
  flip(): void
}) {
  const t = useWords(words)
  return (
    <li>
      <span className="rows-main savings-name">
        {props.name}
        {props.code ? <small className="muted num">{props.code}</small> : null}
      </span>
      <span className="num">
        {props.amount ? moneyText(-props.amount, props.currency) : <small className="muted">{props.why}</small>}
      </span>
      <KeyButton aria-pressed={props.on} disabled={!props.on && !props.amount} onClick={props.flip}>
        {props.on ? t("notUsed") : t("use")}
      </KeyButton>
    </li>
  )
}

function Coupons(props: { quoted: Quoted; choices: Choices; choose(change: Partial<Choices>): void }) {
  const t = useWords(words)
  const named = useNamed()
  const { quoted, choices, choose } = props
  const because = useBecause(quoted.notes)
  // Codes that belong to nobody in particular are chosen by typing them.
  const typed = choices.coupons.filter((code) => !quoted.coupons.some((one) => one.code === code))
  if (!quoted.coupons.length && !typed.length) return <p className="muted">{t("couponsNone")}</p>
  const flip = (code: string) =>
    choose({
      coupons: choices.coupons.includes(code)
        ? choices.coupons.filter((one) => one !== code)
        : [...choices.coupons, code],
    })
  return (
    <ul className="rows">
      {quoted.coupons.map((one) => (
        <Chosen
          key={one.code}
          name={named(one)}
          code={one.code}
          amount={one.amount}
          currency={quoted.currency}
          on={one.used}
          why={because(one.why, "")}
          flip={() => flip(one.code)}
        />
      ))}
      {typed.map((code) => (
        <Chosen key={code} name={code} amount={0} currency={quoted.currency} on flip={() => flip(code)} />
      ))}
    </ul>
  )
}

function Points(props: { quoted: Quoted; choices: Choices; choose(change: Partial<Choices>): void }) {
  const t = useWords(words)
  const { quoted, choices, choose } = props
  const { units, amount, used } = quoted.points
  const [text, setText] = useState(used ? String(used) : "")
  const wanted = Number(text)
  const fits = /^\d+$/.test(text) && wanted > 0 && wanted <= units
  return (
    <>
      <h3 className="label">{t("points")}</h3>
      <p className="muted num">
        {t("pointsMost", { count: countText(units), amount: moneyText(amount, quoted.currency) })}
      </p>
      <form
        className="savings-code"
        onSubmit={(event) => {
          event.preventDefault()
          if (fits) choose({ points: wanted })
        }}
      >
        <label className="field">
          <span>{t("pointsSome")}</span>
          <input
            inputMode="numeric"
            autoComplete="off"
            value={text}
            aria-invalid={text !== "" && !fits}
            onChange={(event) => setText(event.target.value.replace(/\D/g, ""))}
          />
        </label>
        <button type="submit" className="key-button" disabled={!fits}>
          <span>{t("use")}</span>
        </button>
        <KeyButton
          aria-pressed={choices.points > 0}
          onClick={() => {
            choose({ points: choices.points ? 0 : ALL })
            setText(choices.points ? "" : String(units))
          }}
        >
          {choices.points ? t("notUsed") : t("pointsAll")}
        </KeyButton>
      </form>
    </>
  )
}

/** Every rule that was considered: what counts, what is nearly reached, what does not count and why. */
function Why({ quoted, add }: { quoted: Quoted; add(sku: string): void }) {
  const t = useWords(words)
  const pos = usePos()
  const named = useNamed()
  const because = useBecause(quoted.notes)
  const titleOf = (sku: string) => pos.shelf.named(sku)?.title ?? sku
  const missing = useMissing(quoted.currency, titleOf)
  const notes = explained(quoted)
  const said = (note: Note) =>
    note.outcome === "applied" ? "" : (missing(note) ?? because(note.why || note.outcome, note.by))
  if (!notes.length) return <p className="muted">{t("nothingRuns")}</p>
  return (
    <ol className="why">
      {notes.map((note, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a rule may be nearly reached and applied at once
        <li key={`${note.rule} ${i}`} className={`why-${note.outcome}`}>
          <span>
            <strong>{named(note) || note.rule}</strong>
            <small>{said(note)}</small>
          </span>
          {note.outcome === "applied" ? (
            <span className="num">{moneyText(-note.amount, quoted.currency)}</span>
          ) : note.why === "add_gift" && pos.shelf.named(note.by) ? (
            <KeyButton onClick={() => add(note.by)}>{t("addGift")}</KeyButton>
          ) : (
            <small className="muted">{t.maybe(`outcome.${note.outcome}`)}</small>
          )}
        </li>
      ))}
    </ol>
  )
}
