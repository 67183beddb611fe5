/** Every sentence of every app, in both languages: whatever is missing in one is found here and not by a reader. */

import { type MessageFormatElement, parse, TYPE } from "@formatjs/icu-messageformat-parser"
import ts from "typescript"
import { describe, expect, it } from "vitest"

const sources = import.meta.glob<string>("../../{kit,console,shop,pos}/**/*.{ts,tsx}", {
  query: "?raw",
  import: "default",
  eager: true,
})
const files = Object.keys(sources).filter(
  (file) => !file.includes(".test.") && sources[file]?.includes("defineWords({"),
)

/** What is given to `defineWords` in a file, read from the text of the program: nothing of it runs. */
function defined(file: string, source: string): Both[] {
  const found: Both[] = []
  const look = (node: ts.Node): void => {
    const given =
      ts.isCallExpression(node) && node.expression.getText() === "defineWords" ? node.arguments[0] : undefined
    if (given) found.push(literal(given) as unknown as Both)
    ts.forEachChild(node, look)
  }
  look(ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX))
  return found
}

type Tree = string | { [key: string]: Tree }

function literal(node: ts.Expression): Tree {
  if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node) || ts.isParenthesizedExpression(node))
    return literal(node.expression)
  if (ts.isStringLiteralLike(node)) return node.text
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    return `${literal(node.left)}${literal(node.right)}`
  }
  if (!ts.isObjectLiteralExpression(node)) throw new Error(`write words as plain text, not ${node.getText()}`)
  return Object.fromEntries(
    node.properties.map((property) => {
      if (!ts.isPropertyAssignment(property)) throw new Error(`write words as plain text, not ${property.getText()}`)
      const name = ts.isStringLiteralLike(property.name) ? property.name.text : property.name.getText()
      return [name, literal(property.initializer)]
    }),
  )
}

/** Names and signs that are the same in Chinese. A sentence made of these alone may be equal in both languages. */
const SHARED =
  /\b(jiutong|API|CSV|XLSX|PDF|SKU|SKUs|GTIN|EAN|UPC|ID|IP|URL|JSON|QR|ATP|DC|OK|POS|X|Z|PIN|VAT|SMS|Excel|Esc|Enter|Ctrl|Shift|Alt|Tab|Home|End|Del|mm|kg|ml|lb|oz|English|OpenID|UnionID|WeChat)\b/g

interface Both {
  en: object
  zh: object
}

/** The sentences of one language, by their dotted keys. */
function flat(said: object, before = ""): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of Object.entries(said)) {
    if (typeof value === "string") found.set(before + key, value)
    else for (const [inner, text] of flat(value, `${before}${key}.`)) found.set(inner, text)
  }
  return found
}

/** What a sentence wants to be given, by name; a tag is wanted as one. */
function wanted(elements: MessageFormatElement[], found = new Set<string>()): Set<string> {
  for (const element of elements) {
    if (element.type === TYPE.literal || element.type === TYPE.pound) continue
    found.add(element.type === TYPE.tag ? `<${element.value}>` : element.value)
    if (element.type === TYPE.tag) wanted(element.children, found)
    if (element.type === TYPE.plural || element.type === TYPE.select) {
      for (const option of Object.values(element.options)) wanted(option.value, found)
    }
  }
  return found
}

function isShared(text: string): boolean {
  return !/[A-Za-z]{2,}/.test(text.replace(/\{[^{}]*\}|<[^>]*>/g, "").replace(SHARED, ""))
}

function* faults(both: Both): Generator<string> {
  const [en, zh] = [flat(both.en), flat(both.zh)]
  for (const key of new Set([...en.keys(), ...zh.keys()])) {
    const [english, chinese] = [en.get(key), zh.get(key)]
    if (english === undefined || chinese === undefined) {
      yield `${key}: only in ${english === undefined ? "Chinese" : "English"}`
      continue
    }
    if (!english.trim() !== !chinese.trim()) yield `${key}: says nothing`
    if (english === chinese && !isShared(english)) yield `${key}: "${english}" is not translated`
    const [asks, fragt] = [english, chinese].map((text) => [...wanted(parse(text))].sort().join(", "))
    if (asks !== fragt) yield `${key}: wants ${asks || "nothing"} in English, ${fragt || "nothing"} in Chinese`
  }
}

describe("words", () => {
  it("are found", () => {
    expect(files.length).toBeGreaterThan(3)
  })

  it.each(files)("%s says everything in both languages", (file) => {
    expect(defined(file, sources[file] ?? "").flatMap((both) => [...faults(both)])).toEqual([])
  })
})

describe("what is wrong with words", () => {
  it("is told", () => {
    const both = {
      en: {
        a: "one",
        b: { c: "Hello {name}", d: "Now" },
        e: "Refund",
        f: "SKU {sku}",
        g: "<b>x</b> {n, plural, one {#} other {# of {all}}}",
      },
      zh: { b: { c: "您好", d: "" }, e: "Refund", f: "SKU {sku}", g: "<b>x</b> {n} / {all}" },
    }
    expect([...faults(both)]).toEqual([
      "a: only in English",
      "b.c: wants name in English, nothing in Chinese",
      "b.d: says nothing",
      'e: "Refund" is not translated',
    ])
  })
})
