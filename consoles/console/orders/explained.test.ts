import type { ExplainedLine } from "@kit/api/schema.gen"
import { saying } from "@kit/words"
import { describe, expect, it } from "vitest"
import { explanationOf, rateText } from "./explained"
import { words } from "./order.words"
import { trade } from "./words"

const line: ExplainedLine = {
  line: 1,
  sku: "tea",
  title: "Tea",
  quantity: 10,
  base_unit: "piece",
  price_source: "base",
  unit_price: 1800,
  price_per: 1,
  payable: 19421,
  steps: [
    {
      kind: "price",
      amount: 18000,
      running: 18000,
      stage: "",
      rule: "base",
      funder: "",
      rate_bp: null,
      contained: false,
    },
    {
      kind: "adjustment",
      amount: -59,
      running: 17941,
      stage: "order",
      rule: "goodwill",
      funder: "brand",
      rate_bp: null,
      contained: false,
    },
    { kind: "tax", amount: 1480, running: 19421, stage: "", rule: "full", funder: "", rate_bp: 825, contained: false },
  ],
}

describe("how a line's amount came about", () => {
  it("is told from the price to what is payable, each step with its sign and its source", () => {
    const told = explanationOf(line, "USD", saying(words, "en"), saying(trade, "en"))
    expect(told.steps.map((step) => [step.title, step.amount, step.reason ?? ""])).toEqual([
      ["Price list base: 10 × $18.00", "$180.00", ""],
      ["goodwill", "−$0.59", "paid by brand"],
      ["Tax 8.25 %", "+$14.80", "full"],
      ["Payable", "$194.21", ""],
    ])
  })
  it("adds nothing for tax that is contained", () => {
    const inside = {
      ...line,
      steps: line.steps.map((step) => (step.kind === "tax" ? { ...step, contained: true } : step)),
    }
    const told = explanationOf(inside, "USD", saying(words, "zh"), saying(trade, "zh"))
    expect(told.steps[2]).toMatchObject({ title: "税 8.25 %，价内", amount: "$14.80" })
  })
  it("writes rates without zeros nobody needs", () => {
    expect([0, 600, 825, 1950].map(rateText)).toEqual(["0 %", "6 %", "8.25 %", "19.5 %"])
  })
})
