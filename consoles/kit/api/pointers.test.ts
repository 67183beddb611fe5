import { describe, expect, it } from "vitest"
import { namePath } from "./pointers"

describe("a pointer", () => {
  it("is the path of a form's field", () => {
    expect(namePath("/lines/0/quantity")).toEqual(["lines", 0, "quantity"])
    expect(namePath("/a~1b/c~0d")).toEqual(["a/b", "c~d"])
    expect(namePath("")).toEqual([])
  })
})
