/** What this till keeps on the device: it survives reloads, power cuts and days without a network. */

import type { Lease } from "@kit/api/schema.gen"
import { type DBSchema, type IDBPDatabase, openDB } from "idb"
import type { Head } from "../chain/chain"
import type { Line } from "../money/arithmetic"
import type { Choices, Off } from "../quote/quote"
import type { Sale, Sent } from "./sale"

/** The till this device is. */
export interface Here {
  store: string
  storeName: string
  sellerName: string
  device: string
  currency: string
}

/** A receipt, as it is printed. */
export interface Receipt {
  no: string
  at: string
  store: string
  device: string
  cashier: string
  currency: string
  lines: { sku: string; title: string; unit: string; quantity: number; price: number; per: number; amount: number }[]
  gross: number
  discount: number
  tax: number
  /** Tax comes on top of the amounts. */
  top: boolean
  total: number
  tenders: { method: string; amount: number; ending?: string }[]
  given: number
  change: number
  member: string
  /** What was taken off, by name, in the order it came off. */
  offs?: readonly Off[]
  /** Points the member used with it, and has by it. */
  points?: { used: number; earned: number }
  /** Sold at list amounts: the server was not asked, or did not answer. */
  plain?: boolean
  offline: boolean
  /** waiting: not sent yet; booked: the server has it; refused: it is with the manager. */
  state: "waiting" | "booked" | "refused"
  order?: string
  refusal?: string
}

/** A receipt on its way to the server. */
export interface Queued {
  seq: number
  sale: Sale
  total: number
  hash: string
}

export interface Held {
  id?: number
  at: number
  note: string
  member: Member | null
  lines: Line[]
  choices?: Choices
}

export interface Member {
  kind: "phone" | "card"
  value: string
  name: string
}

export interface ShelfNote {
  store: string
  version: string
  /** The page to go on with; null: it is all here. */
  next: string | null
  chunks: number
  rows: number
}

interface Kept {
  here: Here
  head: Head
  lease: Lease
  shelf: ShelfNote
  basket: { lines: Line[]; member: Member | null; choices?: Choices }
  me: { actor: string; name: string; grants: string[] }
}

interface Schema extends DBSchema {
  kept: { key: string; value: unknown }
  shelf: { key: number; value: Sent[] }
  changed: { key: string; value: Sent }
  queue: { key: number; value: Queued }
  receipts: { key: string; value: Receipt; indexes: { at: string } }
  held: { key: number; value: Held }
}

export type Database = IDBPDatabase<Schema>

export function open(name = "jiutong.pos"): Promise<Database> {
  return openDB<Schema>(name, 1, {
    upgrade(db) {
      db.createObjectStore("kept")
      db.createObjectStore("shelf")
      db.createObjectStore("changed")
      db.createObjectStore("queue", { keyPath: "seq" })
      db.createObjectStore("receipts", { keyPath: "no" }).createIndex("at", "at")
      db.createObjectStore("held", { keyPath: "id", autoIncrement: true })
    },
  })
}

export async function kept<K extends keyof Kept>(db: Database, key: K): Promise<Kept[K] | undefined> {
  return (await db.get("kept", key)) as Kept[K] | undefined
}

export async function keep<K extends keyof Kept>(db: Database, key: K, value: Kept[K]): Promise<void> {
  await db.put("kept", value, key)
}
