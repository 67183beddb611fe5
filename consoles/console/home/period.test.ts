import dayjs from "dayjs"
import { expect, test } from "vitest"
import { asked, endingOn, presetOf, shifted } from "./period"

const today = dayjs("2026-11-22")

test("without a choice it is the thirty days to the last day sold", () => {
  expect(asked({}, today)).toEqual({ days: 30 })
  expect(asked({ period: "nonsense" }, today)).toEqual({ days: 30 })
})

test("presets are relative to the last day sold, or to today", () => {
  expect(asked({ period: "latest-365" }, today)).toEqual({ days: 365 })
  expect(asked({ period: "yesterday" }, today)).toEqual({ first: "2026-11-21", last: "2026-11-21" })
  expect(asked({ period: "last-7" }, today)).toEqual({ first: "2026-11-16", last: "2026-11-22" })
  expect(asked({ period: "last-30" }, today)).toEqual({ first: "2026-10-24", last: "2026-11-22" })
  expect(asked({ period: "month" }, today)).toEqual({ first: "2026-11-01", last: "2026-11-22" })
})

test("days of one's own go before a preset", () => {
  const search = { period: "today", first: "2017-01-01", last: "2017-01-31" }
  expect(asked(search, today)).toEqual({ first: "2017-01-01", last: "2017-01-31" })
  expect(presetOf(search)).toBeNull()
})

test("a period moves by its own length", () => {
  expect(shifted("2017-01-20", "2017-02-18", -1)).toEqual({ first: "2016-12-21", last: "2017-01-19" })
  expect(shifted("2017-02-28", "2017-02-28", 1)).toEqual({ first: "2017-03-01", last: "2017-03-01" })
})

test("days end where they are told to", () => {
  expect(endingOn("2017-03-01")).toEqual({ first: "2017-01-31", last: "2017-03-01" })
})
