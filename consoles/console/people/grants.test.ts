import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { covers, folded, opened, words } from "./grants"

const KNOWN = ["order:cancel", "order:read", "till:sell"]

describe("rights", () => {
  it("are opened up from what stands for many", () => {
    expect([...opened(["order:*"], KNOWN)]).toEqual(["order:cancel", "order:read"])
    expect([...opened(["*"], KNOWN)]).toEqual(KNOWN)
    expect([...opened(["order:read", "gone:read"], KNOWN)]).toEqual(["order:read"])
    expect(covers("order:read", "order:read_all")).toBe(false)
  })

  it("keep standing for a whole room only where they did", () => {
    expect(folded(new Set(["order:cancel", "order:read"]), KNOWN, ["order:*"])).toEqual(["order:*"])
    expect(folded(new Set(["order:cancel", "order:read"]), KNOWN, [])).toEqual(["order:cancel", "order:read"])
    expect(folded(new Set(["order:read"]), KNOWN, ["order:*"])).toEqual(["order:read"])
  })

  it("that nobody knows here are not lost on the way", () => {
    expect(folded(new Set(["till:sell"]), KNOWN, ["finance:*", "till:sell"])).toEqual(["finance:*", "till:sell"])
  })

  it("have words, every one the API asks for", () => {
    const document = readFileSync(`${__dirname}/../../../tests/walls/openapi.json`, "utf8")
    const asked = new Set([...document.matchAll(/Needs the scope `([a-z_]+:[a-z_]+)`/g)].map((found) => found[1] ?? ""))
    expect([...asked].filter((grant) => !(grant in words.en))).toEqual([])
    const rooms = new Set([...asked].map((grant) => grant.split(":")[0] ?? ""))
    expect([...rooms].filter((room) => !(room in words.en.rooms))).toEqual([])
  })
})
