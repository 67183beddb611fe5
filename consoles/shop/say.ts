/** Sentences in the shop: the kit's form of words, said by a translator of a kilobyte instead of fifteen. */

import { type Locale, locale } from "@kit/words/locale"
import { useSyncExternalStore } from "react"
import { words } from "./words"

type Values = Record<string, string | number>
interface Words {
  [key: string]: string | Words
}
type Keys<T> = { [K in keyof T & string]: T[K] extends string ? K : `${K}.${Keys<T[K]>}` }[keyof T & string]

const PLURAL = /\{(\w+), plural, ((?:(?:=\d+|\w+) \{[^{}]*\}\s*)+)\}/g
const FORM = /(=\d+|\w+) \{([^{}]*)\}/g

/** "{count, plural, one {# item} other {# items}}" and "{name}". */
export function said(sentence: string, values: Values, at: Locale): string {
  return sentence
    .replace(PLURAL, (_, name: string, forms: string) => {
      const count = Number(values[name])
      const by = new Map<string, string>()
      for (const [, form, text] of forms.matchAll(FORM)) by.set(form ?? "", text ?? "")
      const rule = new Intl.PluralRules(at === "zh" ? "zh-CN" : "en").select(count)
      return (by.get(`=${count}`) ?? by.get(rule) ?? by.get("other") ?? "").replaceAll("#", String(count))
    })
    .replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

export function useLocale(): Locale {
  return useSyncExternalStore(locale.listen, locale.now)
}

/** Says a sentence by its key; nested ones by their path ("status.paid"). A key nobody knows is said as it is. */
export type Say = (key: Keys<(typeof words)["en"]>, values?: Values) => string

function find(at: Words, key: string): string {
  let found: string | Words | undefined = at
  for (const part of key.split(".")) found = typeof found === "object" ? found[part] : undefined
  return typeof found === "string" ? found : key
}

export function useSay(): Say {
  const at = useLocale()
  return (key, values = {}) => said(find(words[at] as Words, key), values, at)
}

/** The same for keys that come from the server, as far as there are words for them. */
export function maybe(
  t: Say,
  family: "status" | "statusBody" | "step" | "paymentState" | "refundState" | "returnReason",
  key: string,
) {
  const path = `${family}.${key}` as Parameters<Say>[0]
  const text = t(path)
  return text === path ? key : text
}
