import { expect, test } from "vitest"
import { beanFieldsOf, beanTermsOf, fieldsOf, termsOf } from "./terms"

test("a form that is not touched publishes the same terms", () => {
  const terms = {
    rates: [
      { currency: "USD", earn_points: 1, earn_minor: 100, burn_points: 100, burn_minor: 100 },
      { currency: "EUR", earn_points: 1, earn_minor: 90, burn_points: 0, burn_minor: 0 },
    ],
    levels: { gold: 15_000 },
    categories: {},
    channels: { mall: 20_000 },
    promised_days: 14,
    valid_months: 24,
    grace_days: 3,
    share_bp: 3_333,
    least: 50,
    funder: "brand",
    breakage_bp: 1_250,
    clawback: "refund" as const,
  }
  expect(termsOf(fieldsOf(terms), terms)).toEqual(terms)
})

test("a multiplier without a code is left out", () => {
  const fields = {
    ...fieldsOf(undefined),
    levels: [
      { code: " ", factor: 2 },
      { code: " gold ", factor: 1.5 },
    ],
  }
  expect(termsOf(fields, undefined).levels).toEqual({ gold: 15_000 })
})

test("terms of procurement points that are not touched stay the same, also where nothing bounds them", () => {
  const terms = {
    rates: [
      { currency: "USD", earn_points: 0, earn_minor: 0, burn_points: 50, burn_minor: 100 },
      { currency: "EUR", earn_points: 0, earn_minor: 0, burn_points: 60, burn_minor: 100 },
    ],
    roles: ["owner"],
    order_max: 0,
    month_max: 5_000,
    share_bp: 2_550,
    grace_days: 0,
    funder: "procurement",
  }
  expect(beanFieldsOf(terms).order_max).toBeNull()
  expect(beanTermsOf(beanFieldsOf(terms), terms)).toEqual(terms)
})
