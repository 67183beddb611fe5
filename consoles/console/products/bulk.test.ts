import { describe, expect, it } from "vitest"
import { undoing } from "./BulkDialog"

const row = (product: string, outcome: "changed" | "unchanged" | "refused", before: string) => ({
  product,
  outcome,
  before,
  reason: "",
  detail: "",
})

describe("undoing a bulk act", () => {
  it("files each product where it was, and leaves alone what was not changed", () => {
    const rows = [
      row("a", "changed", "tea"),
      row("b", "changed", ""),
      row("c", "unchanged", "tea"),
      row("d", "refused", "x"),
    ]
    expect(undoing("set_category", rows)).toEqual([
      {
        act: "set_category",
        products: [
          { code: "a", to: "tea" },
          { code: "b", to: "" },
        ],
      },
    ])
  })
  it("brings each product back to the state it was in, where a way leads there", () => {
    const rows = [row("a", "changed", "published"), row("b", "changed", "draft"), row("c", "changed", "audit")]
    expect(undoing("retire", rows)).toEqual([
      { act: "publish", products: [{ code: "a" }] },
      { act: "revise", products: [{ code: "b" }] },
    ])
    expect(undoing("publish", [row("a", "changed", "audit")])).toEqual([])
  })
})
