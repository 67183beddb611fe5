import { expect, test } from "vitest"
import { lastOf, sentence, type Terms } from "./sentence"

const CLAIMED: Terms = {
  kind: "claimed",
  cap: 1000,
  per_member: 1,
  claim_from: "2026-11-01T12:00:00Z",
  claim_to: "2026-12-01T12:00:00Z",
  valid_days: 7,
}

test("a batch reads as a sentence", () => {
  expect(sentence(CLAIMED, "en")).toBe(
    "Members claim 1,000 coupons, at most 1 each, from 1 Nov 2026 to 1 Dec 2026. Each is good for 7 days from when it is claimed.",
  )
  expect(sentence(CLAIMED, "zh")).toBe(
    "会员可于2026年11月1日至2026年12月1日领取，共 1,000 张，每人限 1 张。自领取起 7 天内有效。",
  )
})

test("whoever is left out is told in it", () => {
  const some = {
    ...CLAIMED,
    per_member: 0,
    levels: ["gold", "black"],
    first_order: true,
    stores: ["s1"],
    grace_days: 3,
  }
  expect(sentence(some, "en")).toContain("at s1 only. For members of level gold or black, a first order only.")
  expect(sentence(some, "en")).toContain("If an order gives it back too late, it is good for 3 days more.")
  expect(sentence(some, "zh")).toContain("仅限门店 s1。仅限等级 gold、black、首单。订单退回时若已过期，可再用 3 天。")
})

test("a code for everybody is named", () => {
  const shared: Terms = { kind: "shared", cap: 500, per_member: 0, shared_code: "WELCOME" }
  expect(sentence(shared, "en")).toBe("Whoever types WELCOME uses one of 500.")
  expect(sentence(shared, "zh")).toBe("输入通用券码 WELCOME 即可使用，共 500 次。")
})

test("the last moment is just before the end", () => {
  expect(lastOf("2026-12-01T00:00:00Z")).toBe("2026-11-30T23:59:59.999Z")
})
