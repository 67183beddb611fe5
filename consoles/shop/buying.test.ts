import { expect, it } from "vitest"
import { toggled, wishes } from "./buying"

it("leaves out what is not chosen, so that the shop chooses the best coupons", () => {
  expect(wishes({ coupons: null, points: false, packets: false, services: [] })).toEqual({})
})

it("says that no coupon is wanted", () => {
  expect(wishes({ coupons: [], points: false, packets: false, services: [] })).toEqual({ coupons: [] })
})

it("asks for as many points as there are", () => {
  expect(wishes({ coupons: ["A"], points: true, packets: true, services: ["wrap"] })).toEqual({
    coupons: ["A"],
    points: 1_000_000_000,
    red_packet_minor: 1_000_000_000,
    services: ["wrap"],
  })
})

it("puts one in and takes it out", () => {
  expect(toggled(["a"], "b")).toEqual(["a", "b"])
  expect(toggled(["a", "b"], "a")).toEqual(["b"])
})
