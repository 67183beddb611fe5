import { describe, expect, it, vi } from "vitest"
import { embedded, SCANNER, type ScannerSettings, ScanQueue, ScanRouter } from "./router"

/** The scans heard when these keys come so far apart. */
function heard(keys: string[], gap: number, settings: Partial<ScannerSettings> = {}): string[] {
  const router = new ScanRouter({ ...SCANNER, ...settings })
  const codes: string[] = []
  let at = 1000
  for (const key of keys) {
    at += gap
    const told = router.hear(key, at)
    if (told.kind === "scan") codes.push(told.code)
  }
  const silent = router.fallSilent(at + 200)
  if (silent.kind === "scan") codes.push(silent.code)
  return codes
}

const CODE = [..."4006381333931"]

describe("a scan", () => {
  it("is fast, long enough and ends as the scanner is set", () => {
    expect(heard([...CODE, "Enter"], 5)).toEqual(["4006381333931"])
    expect(heard([...CODE, "Tab"], 5, { suffix: "Tab" })).toEqual(["4006381333931"])
    expect(heard(CODE, 5, { suffix: "none" })).toEqual(["4006381333931"])
    expect(heard([..."Ab-1", "Enter"], 50)).toEqual(["Ab-1"])
  })
  it("is not what a person types, however fast", () => {
    expect(heard([...CODE, "Enter"], 60)).toEqual([])
    expect(heard([...CODE, "Enter"], 51)).toEqual([])
    expect(heard([..."123", "Enter"], 5)).toEqual([])
    expect(heard(CODE, 5)).toEqual([])
  })
  it("is told from the typing before it", () => {
    const router = new ScanRouter()
    router.hear("x", 0)
    CODE.forEach((key, i) => {
      router.hear(key, 500 + i * 5)
    })
    expect(router.hear("Enter", 570)).toEqual({ kind: "scan", code: "4006381333931", typed: 13 })
  })
  it("is not ended by an Enter that comes later by hand", () => {
    const router = new ScanRouter()
    CODE.forEach((key, i) => {
      router.hear(key, i * 5)
    })
    expect(router.hear("Enter", 400).kind).toBe("typing")
  })
  it("may have capitals", () => {
    expect(heard(["Shift", "A", "Shift", "B", "1", "2", "Enter"], 5)).toEqual(["AB12"])
  })
  it("adds once, also when Enter comes twice or with Tab", () => {
    expect(heard([...CODE, "Enter", "Enter", "Tab"], 5)).toEqual(["4006381333931"])
    const router = new ScanRouter()
    CODE.forEach((key, i) => {
      router.hear(key, i * 5)
    })
    router.hear("Enter", 66)
    expect([router.hear("Enter", 70).kind, router.hear("Enter", 300).kind]).toEqual(["echo", "typing"])
  })
  it("with a prefix is only what begins with it", () => {
    expect(heard([..."#123456", "Enter"], 5, { prefix: "#" })).toEqual(["123456"])
    expect(heard([...CODE, "Enter"], 5, { prefix: "#" })).toEqual([])
  })
  it("two in a row are two", () => {
    expect(heard([...CODE, "Enter", ...CODE, "Enter"], 5)).toEqual(["4006381333931", "4006381333931"])
  })
})

describe("the queue", () => {
  it("gives scans one after another, in order", async () => {
    const taken: string[] = []
    const queue = new ScanQueue(() => taken.push("rejected"))
    queue.enter("take", async (code) => {
      await new Promise((done) => setTimeout(done, code === "a" ? 20 : 0))
      taken.push(code)
    })
    await Promise.all([queue.put("a"), queue.put("b"), queue.put("c")])
    await vi.waitFor(() => expect(taken).toEqual(["a", "b", "c"]))
  })
  it("refuses aloud what the screen in front does not take", async () => {
    const rejected: string[] = []
    const queue = new ScanQueue((code) => rejected.push(code))
    await queue.put("nobody")
    const taken: string[] = []
    queue.enter("take", (code) => void taken.push(code))
    const leave = queue.enter("reject", () => undefined)
    await queue.put("paying")
    leave()
    await queue.put("selling")
    expect([rejected, taken]).toEqual([["nobody", "paying"], ["selling"]])
  })
})

it("a weighed item says what it is and how much", () => {
  expect(embedded("2012345012346")).toEqual({ item: "2012345", value: 1234 })
  expect(embedded("4006381333931")).toBeNull()
})
