import { describe, expect, it } from "vitest"
import { bodyOf, differing, fieldsOf, meant, type Shown, typed } from "./form"

describe("an attribute", () => {
  it.each([5, -3, true, false, "red", "007", "5", "TRUE", "1.50", ["a", "b"], "", 'a "quoted" word'])(
    "%j is typed and meant alike",
    (value) => {
      expect(meant(typed(value))).toEqual(value)
    },
  )
})

const shown = {
  code: "tea",
  title: "Tea",
  description: "",
  brand: null,
  category: "drinks",
  attributes: { origin: "Hangzhou", year: 2026 },
  status: "draft",
  revision: 3,
  changed_at: "2026-11-22T12:00:00Z",
  skus: [
    {
      code: "tea-1",
      title: "Tea",
      base_unit: "piece",
      pack_size: 1,
      weight_g: 100,
      attributes: {},
      gtins: ["06901234567892"],
      active: true,
      listings: [],
    },
  ],
} as unknown as Shown

describe("a product", () => {
  it("comes out of the form as it went in", () => {
    expect(bodyOf(fieldsOf(shown))).toEqual({
      title: "Tea",
      description: "",
      brand: null,
      category: "drinks",
      attributes: { origin: "Hangzhou", year: 2026 },
      skus: [
        {
          code: "tea-1",
          title: "",
          base_unit: "piece",
          pack_size: 1,
          weight_g: 100,
          gtins: ["6901234567892"],
          active: true,
          attributes: {},
        },
      ],
    })
  })
  it("says in which fields two versions differ", () => {
    const mine = fieldsOf(shown)
    const theirs = { ...mine, title: "Green tea", attributes: [{ name: "origin", value: "Suzhou" }] }
    expect(differing(mine, theirs)).toEqual([
      { field: "title", mine: "Tea", theirs: "Green tea" },
      { field: "attributes", mine: "origin Hangzhou\nyear 2026", theirs: "origin Suzhou" },
    ])
  })
})
