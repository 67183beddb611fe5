import { describe, expect, it } from "vitest"
import { lay, weeksOf } from "./month"

const day = (date: number, hour = 0) => new Date(2026, 10, date, hour).toISOString()
const run = (code: string, begins_at: string | null, ends_at: string | null) => ({
  kind: "x",
  code,
  begins_at,
  ends_at,
})

describe("a month", () => {
  it("begins its weeks on Mondays and covers every day", () => {
    expect(weeksOf(2026, 10).map((week) => week.getDate())).toEqual([26, 2, 9, 16, 23, 30])
  })
  it("lays what overlaps into different lanes, and what does not into one", () => {
    const week = new Date(2026, 10, 16)
    const laid = lay([run("long", day(1), null), run("b", day(17), day(18)), run("c", day(19, 12), day(20, 12))], week)
    expect(laid.map(({ run: { code }, from, to, lane }) => [code, from, to, lane])).toEqual([
      ["long", 1, 7, 1],
      ["c", 4, 5, 2],
      ["b", 2, 2, 2],
    ])
  })
  it("leaves out what ends when the week begins, and what begins when it has ended", () => {
    const week = new Date(2026, 10, 16)
    expect(lay([run("before", day(10), day(16)), run("after", day(23), null)], week)).toEqual([])
  })
})
