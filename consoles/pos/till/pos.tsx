/** What every screen of the till shares: the device's memory, the queue, the shelf, who is selling, and the scanner. */

import { fetcher } from "@kit/api/client"
import { createContext, useContext, useSyncExternalStore } from "react"
import type { Database, Here } from "../keep/db"
import type { Sale } from "../keep/sale"
import type { Quoted, Wish } from "../quote/quote"
import type { ScanQueue, ScanRouter } from "../scan/router"
import type { GoodsPage } from "../shelf/download"
import type { Shelf } from "../shelf/shelf"
import type { Engine, Server, Standing } from "../sync/engine"
import type { Keymap } from "./keys"
import type { Settings } from "./settings"

export interface Me {
  actor: string
  name: string
  grants: string[]
}

export interface Pos {
  db: Database
  engine: Engine
  shelf: Shelf
  here: Here
  me: Me
  scans: ScanQueue
  router: ScanRouter
  settings: Settings
  keys: Keymap
  shelfRows: number
  shelfDone: boolean
  changeSettings(settings: Settings): void
  changeKeys(keys: Keymap | null): void
  /** A low tone, a red flash, and words. */
  reject(said: string): void
  leave(): void
  signOut(): void
}

export const PosContext = createContext<Pos | null>(null)

export function usePos(): Pos {
  const pos = useContext(PosContext)
  if (!pos) throw new Error("this is no screen of the till")
  return pos
}

export function useStanding(): Standing {
  const { engine } = usePos()
  return useSyncExternalStore(engine.listen, engine.now)
}

export function useMay(): (grant: string) => boolean {
  const { grants } = usePos().me
  return (grant) => grants.includes("*") || grants.includes(grant) || grants.includes(`${grant.split(":")[0]}:*`)
}

async function told<Data>(asked: Promise<{ data?: Data; error?: unknown }>): Promise<Data> {
  const { data, error } = await asked
  if (error !== undefined) throw error
  return data as Data
}

export { told }

/** A quoted sale waits for its answer; after so long it stands and waits in the queue. */
const SELL_MS_MAX = 8_000

export const server: Server = {
  sync: (receipts: Sale[]) => told(fetcher.POST("/v1/till/sync", { body: { receipts } as never })),
  sell: (sale: Sale) =>
    told(fetcher.POST("/v1/till/sales", { body: sale, signal: AbortSignal.timeout(SELL_MS_MAX) } as never)),
  lease: (store, device) => told(fetcher.GET("/v1/till/lease", { params: { query: { store, device } } })),
}

export async function askGoods(wish: {
  store: string
  after?: string
  since?: string
  code?: string
}): Promise<GoodsPage> {
  const page = await told(fetcher.GET("/v1/till/catalog", { params: { query: wish } }))
  return { version: page.version, items: page.items as unknown as GoodsPage["items"], next: page.next ?? null }
}

/** What a sale comes to. Whoever is not known yet becomes a member first: what is given to members is quoted to them too. */
export async function askQuote(wish: Wish, signal: AbortSignal): Promise<Quoted> {
  const quote = async () =>
    (await told(fetcher.POST("/v1/till/quotes", { body: wish as never, signal }))) as unknown as Quoted
  const quoted = await quote()
  if (!wish.member || quoted.member) return quoted
  const { error } = await fetcher.POST("/v1/members", { body: wish.member as never, signal })
  return error === undefined ? quote() : quoted
}
