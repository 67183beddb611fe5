import { expect, it } from "vitest"
import { said } from "./say"

it("fills in names and counts", () => {
  const items = "{count, plural, =0 {Nothing} one {# item} other {# items}} in {where}"
  expect(said(items, { count: 0, where: "cart" }, "en")).toBe("Nothing in cart")
  expect(said(items, { count: 1, where: "cart" }, "en")).toBe("1 item in cart")
  expect(said(items, { count: 2, where: "cart" }, "en")).toBe("2 items in cart")
  expect(said("{count} 件", { count: 2 }, "zh")).toBe("2 件")
  expect(said("{unknown}", {}, "en")).toBe("{unknown}")
})
