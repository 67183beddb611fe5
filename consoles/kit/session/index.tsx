/** Who is signed in, and what they may do. */

import { useQueryClient } from "@tanstack/react-query"
import { createContext, type ReactNode, useContext, useEffect, useMemo, useSyncExternalStore } from "react"
import { api, fetcher } from "../api/client"
import type { Me } from "../api/schema.gen"
import { type Held, token } from "../api/token"
import { Refused } from "../states"
import { followed } from "./followed"
import { SeenAsBar } from "./SeenAsBar"
import { seenAs } from "./seen-as"

export interface Session {
  me: Me
  tenant: string
  /** Whether a grant is held: "order:cancel". A grant may be held as "order:*" or "*". */
  may(grant: string): boolean
  signOut(): Promise<void>
}

const Here = createContext<Session | null>(null)

export function useHeld(): Held | null {
  return useSyncExternalStore(token.listen, token.held)
}

export function holds(grants: readonly string[], grant: string): boolean {
  return grants.includes("*") || grants.includes(grant) || grants.includes(`${grant.split(":")[0]}:*`)
}

/** Shows `children` to whoever is signed in, `otherwise` to everybody else, `waiting` while it is being found out. */
export function SignedIn(props: { children: ReactNode; otherwise: ReactNode; waiting: ReactNode }) {
  const held = useHeld()
  const client = useQueryClient()
  const asked = api.useQuery("get", "/v1/me", {}, { enabled: held !== null, staleTime: 60_000, retry: false })
  useEffect(() => {
    if (held !== null) return
    client.clear()
    seenAs.choose(null)
  }, [held, client])
  const me = held ? asked.data : undefined
  const as = useSyncExternalStore(seenAs.listen, seenAs.now)
  useEffect(() => {
    if (me?.preferences) followed(me.preferences)
  }, [me])
  const session = useMemo<Session | null>(
    () =>
      me && held
        ? {
            me,
            tenant: held.tenant,
            may: (grant) => grant === "" || (holds(me.grants, grant) && (!as || holds(as.grants, grant))),
            async signOut() {
              await fetcher.POST("/v1/sign-out")
              token.drop()
            },
          }
        : null,
    [me, held, as],
  )
  if (!held) return props.otherwise
  if (asked.isError) return <Refused error={asked.error} retry={() => asked.refetch()} />
  if (!session) return props.waiting
  return (
    <Here.Provider value={session}>
      {props.children}
      <SeenAsBar />
    </Here.Provider>
  )
}

export function useSession(): Session {
  const session = useContext(Here)
  if (!session) throw new Error("nobody is signed in here: render this inside <SignedIn>")
  return session
}

/** Opens a session; a refusal is thrown as a Problem. */
export async function signIn(tenant: string, login: string, password: string): Promise<void> {
  const { data, error } = await fetcher.POST("/v1/sign-in", { body: { tenant, login, password } })
  if (!data) throw error
  token.hold({ token: data.token, tenant, until: Date.now() + data.lasts_s * 1000 })
}
