import { expect, it } from "vitest"
import { drawn, GLYPHS } from "./glyphs"

it("draws what a thing is before where it stands", () => {
  expect(drawn("FLUID MILK WHITE ONLY 1 GA", "grocery")).toEqual(["milk", 7])
  expect(drawn("Unlisted", "drug-gm")).toEqual(["pill", 5])
  expect(drawn("BANANAS 40 LB", "produce")).toEqual(["apple", 4])
  expect(drawn(null, undefined, "who knows")).toEqual(["basket", 1])
})

it("has a drawing for whatever it may name", () => {
  for (const word of [
    "gift card",
    "frozen",
    "cheese",
    "bread",
    "cake",
    "beef",
    "fish",
    "wine",
    "coffee",
    "juice",
    "pasta",
    "chip",
  ])
    expect(GLYPHS[drawn(word)[0]]).toBeDefined()
})
