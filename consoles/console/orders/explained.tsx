/** How a line's amount came about, as the steps every explanation shows. */

import type { ExplainedLine } from "@kit/api/schema.gen"
import type { Explanation } from "@kit/explain"
import { moneyText } from "@kit/format"
import type { Say } from "@kit/words"
import type { words } from "./order.words"
import { borneBy, pricedBy, type Trade, worded } from "./said"

/** 825: "8.25 %". */
export function rateText(basisPoints: number): string {
  const whole = Math.trunc(basisPoints / 100)
  const part = String(basisPoints % 100)
    .padStart(2, "0")
    .replace(/0+$/, "")
  return `${whole}${part ? `.${part}` : ""} %`
}

export function explanationOf(line: ExplainedLine, currency: string, t: Say<typeof words.en>, tt: Trade): Explanation {
  const per =
    line.price_per === 1
      ? ""
      : ` ${t("perUnits", { per: line.price_per, unit: line.base_unit === "piece" ? "" : line.base_unit })}`
  const steps = line.steps.map((step, index) => {
    const key = `${step.kind} ${index}`
    const amount = moneyText(step.amount, currency, step.kind !== "price")
    if (step.kind === "price")
      return {
        key,
        amount,
        title: t("stepPrice", {
          source: pricedBy(tt, line.price_source),
          quantity: line.quantity,
          price: `${moneyText(line.unit_price, currency)}${per}`,
        }),
      }
    if (step.kind === "tax")
      return {
        key,
        amount: step.contained ? moneyText(step.amount, currency) : amount,
        title: t(step.contained ? "stepTaxIn" : "stepTax", { rate: rateText(step.rate_bp ?? 0) }),
        reason: step.rule,
      }
    return {
      key,
      amount,
      title: worded(tt, "reason", step.rule),
      source: worded(tt, "stage", step.stage),
      reason: borneBy(tt, step.funder),
    }
  })
  return {
    steps: [...steps, { key: "total", title: t("stepTotal"), amount: moneyText(line.payable, currency), total: true }],
  }
}
