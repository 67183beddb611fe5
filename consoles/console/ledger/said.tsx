/** How the book is said: accounts by whose they are, amounts as links, facts by their number. */

import type { AccountName, Part, SubjectView } from "@kit/api/schema.gen"
import { amountText, businessDayText, countText } from "@kit/format"
import { Go } from "@kit/shell/go"
import { type Say, useWords } from "@kit/words"
import type { ReactNode } from "react"
import { words } from "./words"

export type Words = Say<(typeof words)["en"]>

export function kindName(t: Words, kind: string): string {
  return t.has(`kinds.${kind}`) ? t.maybe(`kinds.${kind}`) : kind
}

export function eventName(t: Words, rule: string): string {
  return t.has(`events.${rule}`) ? t.maybe(`events.${rule}`) : rule
}

export function amountName(t: Words, word: string): string {
  return t.has(`amounts.${word}`) ? t.maybe(`amounts.${word}`) : word
}

export function keyName(t: Words, key: string): string {
  return t.has(`keys.${key}`) ? t.maybe(`keys.${key}`) : key
}

/** What a key of an account says to people: a store's name, a day as a day. */
export function partText(part: Pick<Part, "key" | "name">): string {
  if (part.key === "day" && /^\d{8}$/.test(part.name)) return businessDayText(Number(part.name))
  if (part.key === "month" && /^\d{6}$/.test(part.name)) return `${part.name.slice(0, 4)}-${part.name.slice(4)}`
  return part.name
}

export function accountAddress(code: string): string {
  return `/ledger/account?code=${encodeURIComponent(code)}`
}

/** An account by its name, on one line: "Revenue · Store 367 · 2017-01-24". */
export function accountText(t: Words, name: AccountName): string {
  const last = name.parts.filter((part) => part.key !== "owner" && !(part.key === "seller" && name.parts.length > 2))
  return [kindName(t, name.kind), ...last.map(partText)].join(" · ")
}

/** `without` are parts said elsewhere already, as "key value": the place and day all transfers of an entry share. */
export function AccountLink(props: { name: AccountName; plain?: boolean; without?: ReadonlySet<string> }) {
  const { name, plain, without } = props
  const t = useWords(words)
  const text = (
    <>
      <span className="account-kind">{kindName(t, name.kind)}</span>
      {name.parts
        .filter((part) => !(part.key === "seller" && name.parts.length > 2) && part.key !== "owner")
        .filter((part) => !without?.has(`${part.key} ${part.value}`))
        .map((part) => (
          <span key={part.key} className="account-part">
            {partText(part)}
          </span>
        ))}
    </>
  )
  if (plain) return <span className="account-name">{text}</span>
  return (
    <Go to={accountAddress(name.code)} className="account-name" title={name.code}>
      {text}
    </Go>
  )
}

/** An amount in what an account counts: minor units of its currency (also of a card or a budget in it), points, or base units of goods. */
export function measured(amount: number, measure: string): string {
  const currency = /^(?:[A-Z]+\/)?([A-Z]{3})$/.exec(measure)?.[1]
  return currency ? amountText(amount, currency) : countText(amount)
}

/** A figure that opens what is behind it. */
export function Figure({ to, children, strong }: { to?: string; children: ReactNode; strong?: boolean }) {
  const shown = strong ? <strong className="num">{children}</strong> : <span className="num">{children}</span>
  return to ? (
    <Go to={to} className="book-figure">
      {shown}
    </Go>
  ) : (
    shown
  )
}

export function subjectAddress(subject: SubjectView): string | null {
  if (subject.kind === "paper") return `/stock/papers/${subject.id}`
  if (subject.kind === "order") return `/orders/${subject.id}`
  return null
}

/** What an entry is about, by the number people know it by. */
export function SubjectLink({ subject }: { subject: SubjectView }) {
  const t = useWords(words)
  const kind = t.has(`subjects.${subject.kind}`) ? t.maybe(`subjects.${subject.kind}`) : subject.kind
  const label = subject.label ? subject.label : subject.id
  const to = subjectAddress(subject)
  const text = (
    <>
      {kind} <span className="mono">{label}</span>
    </>
  )
  return (
    <span className="book-subject">
      {to ? <Go to={to}>{text}</Go> : text}
      {subject.place ? <span className="muted"> · {subject.place}</span> : null}
    </span>
  )
}
