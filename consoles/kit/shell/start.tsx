/** What every app starts with: the query client, the theme, and a net under everything. */

import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query"
import { type ReactNode, StrictMode } from "react"
import { createRoot } from "react-dom/client"
import { problemOf } from "../api/client"

export function start(app: ReactNode): void {
  const client = new QueryClient({
    queryCache: new QueryCache(),
    mutationCache: new MutationCache(),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        // What was refused stays refused; only silence and overload are worth asking again.
        retry: (count, thrown) => count < 2 && [0, 503, undefined].includes(problemOf(thrown)?.status),
        refetchOnWindowFocus: true,
      },
      mutations: { retry: false },
    },
  })
  const root = document.getElementById("root")
  if (!root) throw new Error("index.html has no #root")
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>{app}</QueryClientProvider>
    </StrictMode>,
  )
}
