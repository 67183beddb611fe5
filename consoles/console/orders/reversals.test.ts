import { expect, test } from "vitest"
import { reasons } from "./Reversals"

const row = (kind: "points" | "requalify", rule: string, funder: string, payable: number) => ({
  kind,
  rule,
  funder,
  payable,
  line: 1,
  amount: payable,
  tax: 0,
})

test("what is withheld is told once for each rule, whoever has it again", () => {
  const rows = [
    row("requalify", "spend@1", "seller", 127),
    row("requalify", "spend@1", "brand", 54),
    row("points", "points@2", "points", 30),
    row("requalify", "even@1", "seller", 5),
    row("requalify", "even@1", "brand", -5),
  ]
  expect(reasons(rows)).toEqual([
    { kind: "requalify", rule: "spend@1", minor: 181 },
    { kind: "points", rule: "points@2", minor: 30 },
  ])
})
