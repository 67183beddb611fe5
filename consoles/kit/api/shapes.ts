/** What the server says of a value that is not of its field's shape, in words for whoever typed it. */

import { defineWords, saying } from "../words"

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

/** The message in the reader's words; as it came where it is no such shape. */
export function shapeText(message: string): string {
  for (const [shape, key] of SHAPES) {
    const found = shape.exec(message)
    if (found) return saying(words)(key, { n: Number(found[1] ?? 0) })
  }
  return message
}
