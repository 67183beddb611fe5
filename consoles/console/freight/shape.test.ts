import { describe, expect, it } from "vitest"
import {
  basisPoints,
  blankFee,
  blankTemplate,
  feeFieldsOf,
  feeTermsOf,
  fieldsOf,
  percentText,
  REGION,
  regionOf,
  termsOf,
} from "./shape"

describe("regions", () => {
  it.each([
    ["cn", "CN"],
    ["CN 浙江省", "CN/浙江省"],
    ["CN/浙江省/杭州市", "CN/浙江省/杭州市"],
    ["us - CA", "US/CA"],
    ["US/NY/New York", "US/NY/New York"],
    ["CN 浙江省 杭州市", "CN/浙江省/杭州市"],
    [" CN › 上海市 ", "CN/上海市"],
  ])("%s is written %s", (typed, path) => {
    expect(regionOf(typed)).toBe(path)
    expect(path).toMatch(REGION)
  })
  it("begins with a country", () => {
    expect(regionOf("浙江省")).not.toMatch(REGION)
  })
})

describe("a template", () => {
  it("is the same after it went through the form", () => {
    const terms = termsOf({
      ...blankTemplate("acme", "CNY"),
      code: "post",
      name: " Post ",
      zones: [
        { name: "East", regions: ["cn 浙江省"], first: 1000, first_minor: 600, step: 500, step_minor: 150, open: true },
        { name: "Far", regions: ["CN/西藏自治区"], first: 1000, first_minor: 900, step: 1, step_minor: 1, open: false },
      ],
      free: [{ from_minor: 9900, from_pieces: null, regions: [] }],
    })
    expect(termsOf(fieldsOf("post", terms))).toEqual(terms)
    expect(terms.zones[0]).toMatchObject({ regions: ["CN/浙江省"], first_minor: 600, closed: false })
    expect(terms.zones[1]).toMatchObject({ first_minor: 0, step: 0, step_minor: 0, closed: true })
  })
  it("has no step where more costs no more", () => {
    const fields = blankTemplate("acme", "CNY")
    expect(termsOf(fields).zones[0]).toMatchObject({ step: 0, step_minor: 0 })
  })
})

describe("a fee", () => {
  it("is an amount or a rate, whichever was chosen", () => {
    const fields = { ...blankFee("acme", "CNY"), name: "Packing", amount_minor: 300, percent: "1.5" }
    expect(feeTermsOf(fields)).toMatchObject({ amount_minor: 300, rate_bp: 0 })
    expect(feeTermsOf({ ...fields, way: "rate" })).toMatchObject({ amount_minor: 0, rate_bp: 150, per: "order" })
  })
  it("is the same after it went through the form", () => {
    const terms = feeTermsOf({
      ...blankFee("acme", "CNY"),
      name: "Wrap",
      amount_minor: 300,
      optional: true,
      payer: "bank",
    })
    expect(feeTermsOf(feeFieldsOf("wrap", terms))).toEqual(terms)
  })
  it("reads percentages", () => {
    expect(["1.5", "0,25", "100", "100.01", "x", "1.234"].map(basisPoints)).toEqual([150, 25, 10_000, null, null, null])
    expect([150, 25, 10_000, 205].map(percentText)).toEqual(["1.5", "0.25", "100", "2.05"])
  })
})
