import { describe, expect, it } from "vitest"
import { copied, csvOf, csvRead, dirty, emptied, filledDown, handedIn, parsed, pasted, type Sheet } from "./cells"

const free = () => false
const at = (row: number, column: number) => ({ row, column })
const sheet = (...rows: string[][]): Sheet => ({
  columns: ["sku", "title", "weight_g"],
  lines: rows.map((cells) => ({ before: cells, cells })),
})
const cells = (of: Sheet) => of.lines.map((line) => line.cells)

describe("the clipboard of a spreadsheet", () => {
  it("holds tabs, line ends and quotes", () => {
    expect(parsed('a\tb\r\n"x\ty"\t"say ""hi""\nthere"\r\n')).toEqual([
      ["a", "b"],
      ["x\ty", 'say "hi"\nthere'],
    ])
    expect(parsed("one")).toEqual([["one"]])
    expect(parsed("a\t")).toEqual([["a", ""]])
  })
  it("gets back what was copied", () => {
    const odd = sheet(["s", 'a "b"', "1\t2"], ["t", "x\ny", ""])
    expect(parsed(copied(odd, { from: at(0, 0), to: at(1, 2) }))).toEqual(cells(odd))
  })
})

describe("pasting", () => {
  const two = sheet(["a", "A", "1"], ["b", "B", "2"])
  it("puts a block where it is dropped, beyond the last line too", () => {
    const after = pasted(
      two,
      { from: at(1, 1), to: at(1, 1) },
      [
        ["X", "9"],
        ["Y", "8", "gone"],
      ],
      free,
    )
    expect(cells(after)).toEqual([
      ["a", "A", "1"],
      ["b", "X", "9"],
      ["", "Y", "8"],
    ])
    expect(after.lines[2]?.before).toBeNull()
  })
  it("fills a range with one cell", () => {
    expect(cells(pasted(two, { from: at(1, 2), to: at(0, 1) }, [["z"]], free))).toEqual([
      ["a", "z", "z"],
      ["b", "z", "z"],
    ])
  })
  it("leaves fixed cells alone", () => {
    expect(cells(pasted(two, { from: at(0, 0), to: at(0, 0) }, [["q", "Q"]], (_, column) => column === 0))).toEqual([
      ["a", "Q", "1"],
      ["b", "B", "2"],
    ])
  })
  it("fills down and empties", () => {
    expect(cells(filledDown(two, { from: at(0, 1), to: at(1, 2) }, free))).toEqual([
      ["a", "A", "1"],
      ["b", "A", "1"],
    ])
    expect(cells(emptied(two, { from: at(0, 1), to: at(1, 1) }, free))).toEqual([
      ["a", "", "1"],
      ["b", "", "2"],
    ])
  })
})

describe("what is handed in", () => {
  it("is the key, what changed, and a word for what was emptied", () => {
    const after = emptied(
      pasted(sheet(["a", "A", "1"], ["b", "B", "2"]), { from: at(0, 1), to: at(0, 1) }, [["New"]], free),
      { from: at(0, 2), to: at(0, 2) },
      free,
    )
    expect(dirty(after)).toEqual([0])
    expect(handedIn(after.lines[0] as never, after.columns, new Set(["sku"]))).toEqual(["a", "New", "(clear)"])
  })
})

describe("a file of ours", () => {
  it("is read as it was written", () => {
    const rows = [
      ["=SUM(A1)", 'a "quote", b'],
      ["'apostrophe", "two\nlines"],
      ["-5", "007"],
    ]
    expect(csvRead(`${csvOf(rows)}\r\n`)).toEqual(rows)
  })
  it("is read no further than wanted", () => {
    expect(csvRead("h\r\n1\r\n2\r\n3\r\n", 2)).toEqual([["h"], ["1"], ["2"]])
  })
})
