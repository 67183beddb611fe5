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

export function explanationOf(
  line: ExplainedLine,
  currency: string,
  t: Say<typeof words.en>,
  tt: Trade,
  zh = false,
): Explanation {
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
    if (step.kind === "tax" || step.kind === "charge_tax")
      return {
        key,
        amount: step.contained ? moneyText(step.amount, currency) : amount,
        title: t(step.contained ? "stepTaxIn" : "stepTax", { rate: rateText(step.rate_bp ?? 0) }),
        reason: step.kind === "tax" ? step.rule : worded(tt, "charge", step.stage ?? ""),
      }
    if (step.kind === "charge")
      return { key, amount, title: worded(tt, "charge", step.stage ?? ""), source: <Rule rule={step.rule ?? ""} /> }
    // One rule may have several bearers: what it does is said once.
    const again = Boolean(step.rule) && line.steps[index - 1]?.rule === step.rule
    return {
      key,
      amount,
      title: (zh && step.name_zh) || step.name || worded(tt, "reason", step.rule ?? ""),
      source: step.name ? <Rule rule={step.rule ?? ""} /> : worded(tt, "stage", step.stage ?? ""),
      reason: [again ? "" : zh ? step.sentence_zh : step.sentence, borneBy(tt, step.funder ?? "")]
        .filter(Boolean)
        .join(" · "),
    }
  })
  return {
    steps: [...steps, { key: "total", title: t("stepTotal"), amount: moneyText(line.payable, currency), total: true }],
  }
}

/** What freight and fees come to on some lines, with the tax on top of them. */
export function chargedOn(lines: readonly ExplainedLine[]): number {
  return lines
    .flatMap((line) => line.steps)
    .filter(
      (step) => step.kind === "charge" || step.kind === "waived" || (step.kind === "charge_tax" && !step.contained),
    )
    .reduce((sum, step) => sum + step.amount, 0)
}

/** A rule by its code and version, leading to it where it is a promotion. */
function Rule({ rule }: { rule: string }) {
  return <span className="mono">{rule}</span>
}
