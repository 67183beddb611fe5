import { describe, expect, it } from "vitest"
import { flat, trail, treeOf } from "./catalog"

const rows = [
  { code: "tea-green", name: "Green", parent: "tea" },
  { code: "tea", name: "Tea" },
  { code: "food", name: "Food", parent: null },
  { code: "lost", name: "Lost", parent: "gone" },
]

describe("categories", () => {
  it("make a tree, each level by name; what has lost its parent stands at the top", () => {
    expect(flat(treeOf(rows)).map((one) => one.label)).toEqual(["Food", "Lost", "Tea", "\u2003Green"])
  })
  it("tell their trail from the top", () => {
    expect(trail(rows, "tea-green")).toEqual(["Tea", "Green"])
    expect(trail(rows, "unknown")).toEqual(["unknown"])
    expect(trail(rows, null)).toEqual([])
  })
})
