/**
 * Every sentence people read, in both languages, beside the screen that says it.
 *
 *   export const words = defineWords({ en: { shown: "{count, plural, one {# order} other {# orders}}" }, zh: { shown: "{count} 个订单" } })
 *   const t = useWords(words);  t("shown", { count: 3 })
 *
 * Both languages have the same keys or the types do not hold. Groups may be nested; keys are then joined by dots.
 */

import { useMemo, useSyncExternalStore } from "react"
import { createTranslator } from "use-intl/core"
import { type Locale, locale } from "./locale"

export { type Locale, locale } from "./locale"

export interface Said {
  [key: string]: string | Said
}

type Same<T> = { [K in keyof T]: T[K] extends string ? string : Same<T[K]> }

export interface Words<T extends Said> {
  en: T
  zh: Same<T>
}

type Keys<T> = { [K in keyof T & string]: T[K] extends string ? K : `${K}.${Keys<T[K]>}` }[keyof T & string]

export type Values = Record<string, string | number | Date>

/** Says a sentence by its key. `t.has(key)` asks first, for keys that come from data; `t.maybe(key)` says it or gives the key back. */
export interface Say<T extends Said> {
  (key: Keys<T>, values?: Values): string
  has(key: string): boolean
  maybe(key: string, values?: Values): string
}

export function defineWords<const T extends Said>(words: Words<T>): Words<T> {
  return words
}

export function useLocale(): Locale {
  return useSyncExternalStore(locale.listen, locale.now, () => "en" as const)
}

export function useWords<T extends Said>(words: Words<T>): Say<T> {
  const now = useLocale()
  return useMemo(() => saying(words, now), [words, now])
}

/** The same outside of React. */
export function saying<T extends Said>(words: Words<T>, at: Locale = locale.now()): Say<T> {
  const messages = words[at] as unknown as T
  const translate = createTranslator({
    locale: at === "zh" ? "zh-CN" : "en",
    messages,
    timeZone: "UTC",
    onError: thrown,
  }) as unknown as {
    (key: string, values?: Values): string
    has(key: string): boolean
  }
  const say = ((key: string, values?: Values) => translate(key, values)) as Say<T>
  say.has = (key) => translate.has(key)
  say.maybe = (key, values) => (translate.has(key) ? translate(key, values) : key)
  return say
}

function thrown(error: Error): never {
  throw error
}
