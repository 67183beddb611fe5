import { expect, it } from "vitest"
import { leftText, serverNow } from "./countdown"

it("goes by the server's clock, however wrong this device's is", () => {
  const answer = { at: "2026-11-22T12:00:00Z" }
  const device = Date.parse("2031-01-01T00:00:00Z")
  expect(new Date(serverNow(answer, device)).toISOString()).toBe("2026-11-22T12:00:00.000Z")
  expect(new Date(serverNow(answer, device + 5_000)).toISOString()).toBe("2026-11-22T12:00:05.000Z")
})

it.each([
  ["2026-11-22T12:00:01Z", "00:00:01"],
  ["2026-11-22T15:04:05Z", "03:04:05"],
  ["2026-11-24T12:00:00Z", "2 d 00:00:00"],
  ["2026-11-22T11:00:00Z", "00:00:00"],
])("until %s is %s", (until, text) => {
  expect(leftText(until, Date.parse("2026-11-22T12:00:00Z"))).toBe(text)
})
