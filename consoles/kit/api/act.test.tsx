import { QueryClient, QueryClientProvider } from "@tanstack/react-query"
import { act, renderHook, waitFor } from "@testing-library/react"
import { App } from "antd"
import type { ReactNode } from "react"
import { describe, expect, it } from "vitest"
import { type ActOptions, useAct } from "./act"

function wrapper({ children }: { children: ReactNode }) {
  return (
    <QueryClientProvider client={new QueryClient()}>
      <App>{children}</App>
    </QueryClientProvider>
  )
}

const silence = { code: "network.unreachable", status: 0, title: "", detail: "", type: "", errors: [] }
const refusal = { code: "stock.short", status: 409, title: "Short", detail: "", type: "", errors: [] }

function doing(answers: unknown[], options: ActOptions<string> = {}) {
  const keys: string[] = []
  const { result } = renderHook(
    () =>
      useAct<{ order: string }, string>((key) => {
        keys.push(key)
        const answer = answers.shift()
        return typeof answer === "string" ? Promise.resolve(answer) : Promise.reject(answer)
      }, options),
    { wrapper },
  )
  async function once(order: string) {
    await act(async () => {
      await result.current.mutateAsync({ order }).catch(() => {})
    })
    await waitFor(() => expect(result.current.isPending).toBe(false))
  }
  return { keys, once }
}

describe("an act", () => {
  it("keeps its key while nobody knows whether it was done", async () => {
    const { keys, once } = doing([silence, { ...silence, status: 503 }, "done", "done"])
    await once("a")
    await once("a")
    await once("a")
    expect(new Set(keys).size).toBe(1)
    await once("a")
    expect(new Set(keys).size).toBe(2)
  })
  it("is a new wish with a new key once it was refused, or says something else", async () => {
    const { keys, once } = doing([refusal, silence, "done"], { refused: () => true })
    await once("a")
    await once("a")
    await once("b")
    expect(new Set(keys).size).toBe(3)
  })
})
