/** What the server says in the words of its parser, or in English alone, in words for whoever reads it. */

import { defineWords, locale, saying } from "../words"

const words = defineWords({
  en: {
    needed: "Fill this in",
    shortest: "At least {n, plural, one {# character} other {# characters}}",
    longest: "At most {n, plural, one {# character} other {# characters}}",
    fewest: "At least {n} of them",
    most: "At most {n} of them",
    least: "At least {n}",
    greatest: "At most {n}",
    form: "Not in the form this takes",
    whole: "A whole number",
    choice: "Not one of the choices",
    sku: "SKU {value}",
    left: "{value} left",
    upTo: "At most {value}",
    needs: "Needs the right {value}",
    later: "Again in {value} s",
    until: "Until {value}",
  },
  zh: {
    needed: "请填写",
    shortest: "至少 {n} 个字符",
    longest: "最多 {n} 个字符",
    fewest: "至少 {n} 项",
    most: "最多 {n} 项",
    least: "不小于 {n}",
    greatest: "不大于 {n}",
    form: "格式不正确",
    whole: "请填整数",
    choice: "不在可选范围内",
    sku: "单品 {value}",
    left: "剩余 {value}",
    upTo: "最多 {value}",
    needs: "需要权限 {value}",
    later: "请 {value} 秒后重试",
    until: "截止 {value}",
  },
})

type Key = keyof typeof words.en

const SHAPES: [RegExp, Key][] = [
  [/^Expected `(?:str|array|object)` of length >= 1$/, "needed"],
  [/^Expected `str` of length >= (\d+)$/, "shortest"],
  [/^Expected `str` of length <= (\d+)$/, "longest"],
  [/^Expected `(?:array|object)` of length >= (\d+)$/, "fewest"],
  [/^Expected `(?:array|object)` of length <= (\d+)$/, "most"],
  [/^Expected `int` >= (-?\d+)$/, "least"],
  [/^Expected `int` <= (-?\d+)$/, "greatest"],
  [/^Expected `str` matching regex /, "form"],
  [/^Expected `[^`]+`, got `null`$/, "needed"],
  [/^Object missing required field `/, "needed"],
  [/^Expected `int[^`]*`, got `float`$/, "whole"],
  [/^Invalid enum value /, "choice"],
]

/** Facts a refusal carries that say what would change it. */
const FACTS: [string, Key][] = [
  ["sku", "sku"],
  ["left", "left"],
  ["free", "left"],
  ["usable", "left"],
  ["most", "upTo"],
  ["max", "upTo"],
  ["at_most", "upTo"],
  ["needs", "needs"],
  ["retry_after_s", "later"],
  ["until", "until"],
]

/** The detail of a refusal in the reader's words. The server writes details in English: elsewhere the facts speak, where there are any. */
export function detailText(problem: { detail?: string } & Record<string, unknown>): string {
  const shown = shapeText(problem.detail ?? "")
  if (shown !== problem.detail || locale.now() === "en") return shown
  const t = saying(words)
  const told = FACTS.flatMap(([fact, key]) => {
    const value = problem[fact]
    return typeof value === "string" || typeof value === "number" ? [t(key, { value: String(value) })] : []
  })
  return told.length ? told.join("，") : shown
}

/** The message in the reader's words; as it came where it is no such shape. */
export function shapeText(message: string): string {
  for (const [shape, key] of SHAPES) {
    const found = shape.exec(message)
    if (found) return saying(words)(key, { n: Number(found[1] ?? 0) })
  }
  return message
}
