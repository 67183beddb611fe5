import type { ExplainedLine } from "@kit/api/schema.gen"
import { saying } from "@kit/words"
import { describe, expect, it } from "vitest"
import { chargedOn, explanationOf, rateText } from "./explained"
import { words } from "./order.words"
import { trade } from "./words"

type Step = ExplainedLine["steps"][number]

function step(kind: Step["kind"], amount: number, running: number, more: Partial<Step> = {}): Step {
  const said = { stage: "", rule: "", funder: "", name: "", name_zh: "", sentence: "", sentence_zh: "" }
  return { kind, amount, running, rate_bp: null, contained: false, ...said, ...more }
}

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
    step("price", 18000, 18000, { rule: "base" }),
    step("adjustment", -59, 17941, { stage: "order", rule: "goodwill", funder: "brand" }),
    step("tax", 1480, 19421, { rule: "full", rate_bp: 825 }),
  ],
}

const sent: ExplainedLine = {
  ...line,
  payable: 19935,
  steps: [
    ...line.steps,
    step("charge", 1000, 20421, { stage: "freight", rule: "parcel@2" }),
    step("waived", -500, 19921, {
      stage: "freight",
      rule: "free@1",
      funder: "carrier",
      name: "Half the freight",
      name_zh: "运费减半",
      sentence: "Half the freight off.",
      sentence_zh: "运费减半。",
    }),
    step("charge_tax", 14, 19935, { stage: "freight", rate_bp: 280 }),
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
  it("names a promotion, says what it does and who pays, and what freight comes to", () => {
    const told = explanationOf(sent, "USD", saying(words, "zh"), saying(trade, "zh"), true)
    expect(told.steps.slice(3).map((step) => [step.title, step.amount, step.reason ?? ""])).toEqual([
      ["运费", "+$10.00", ""],
      ["运费减半", "−$5.00", "运费减半。 · 由 carrier 承担"],
      ["税 2.8 %", "+$0.14", "运费"],
      ["应付", "$199.35", ""],
    ])
    expect([chargedOn([line]), chargedOn([line, sent])]).toEqual([0, 514])
  })
  it("writes rates without zeros nobody needs", () => {
    expect([0, 600, 825, 1950].map(rateText)).toEqual(["0 %", "6 %", "8.25 %", "19.5 %"])
  })
})
