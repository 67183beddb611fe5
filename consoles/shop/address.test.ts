import { expect, it } from "vitest"
import { blank, missing, partsFrom, partsOf, regionText } from "./address"

it("writes and reads the region as its country does", () => {
  expect(regionText("CN", ["浙江省", "杭州市", "西湖区"])).toBe("浙江省 杭州市 西湖区")
  expect(regionText("US", ["Oakland ", "CA"])).toBe("Oakland, CA")
  expect(partsFrom("US", "New York, NY")).toEqual(["New York", "NY"])
  expect(partsFrom("CN", "浙江省 杭州市 西湖区")).toEqual(["浙江省", "杭州市", "西湖区"])
  expect(partsOf("DE")).toEqual(["city"])
})

it("says what is missing, and takes a phone number or an e-mail address", () => {
  const full = {
    ...blank("US"),
    name: "Ann",
    email: "a@example.com",
    parts: ["Oakland", "CA"],
    street: "1 Main St",
    zip: "94601",
  }
  expect(missing(full)).toEqual({})
  expect(missing({ ...full, email: "", zip: "" })).toEqual({ reach: true, zip: true })
  expect(missing({ ...full, parts: ["", "CA"] })).toEqual({ part0: true })
  expect(missing({ ...full, country: "CN", zip: "" })).toEqual({})
})
