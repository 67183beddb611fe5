/** Bring the store's goods onto the device, page by page, and keep them fresh. What is here can be sold while the rest comes. */

import { type Database, keep, kept, type ShelfNote } from "../keep/db"
import type { Sent } from "../keep/sale"
import type { Shelf } from "./shelf"

export interface GoodsPage {
  version: string
  items: Sent[]
  next: string | null
}

export type Ask = (wish: { store: string; after?: string; since?: string }) => Promise<GoodsPage>

/** A whole download this often: what `since` cannot tell (a listing withdrawn, a tax rate) is right again by then. */
const WHOLE_MS = 20 * 3600_000

/** Fill the shelf with what the device has kept. */
export async function fill(db: Database, shelf: Shelf, store: string): Promise<ShelfNote | null> {
  const note = await kept(db, "shelf")
  if (!note || note.store !== store) return null
  for (let chunk = 0; chunk < note.chunks; chunk++) {
    shelf.put((await db.get("shelf", chunk)) ?? [])
    await new Promise((done) => setTimeout(done))
  }
  shelf.put(await db.getAll("changed"))
  return note
}

/** Go on with a download, begin one, or bring what has changed. `told` is given the rows on the device after each page. */
export async function refresh(
  db: Database,
  shelf: Shelf,
  store: string,
  ask: Ask,
  told: (rows: number, done: boolean) => void,
  now: number,
): Promise<void> {
  let note = (await kept(db, "shelf")) ?? null
  if (note && (note.store !== store || (note.next === null && now - Date.parse(note.version) > WHOLE_MS))) {
    if (note.store !== store) shelf.clear()
    note = null
  }
  if (note?.next === null) {
    await changes(db, shelf, note, ask)
    told(shelf.size, true)
    return
  }
  if (!note) {
    await db.clear("shelf")
    await db.clear("changed")
  }
  for (;;) {
    const page: GoodsPage = await ask({ store, ...(note?.next ? { after: note.next } : {}) })
    const chunk: number = note?.chunks ?? 0
    await db.put("shelf", page.items, chunk)
    note = {
      store,
      version: note?.version ?? page.version,
      next: page.next,
      chunks: chunk + 1,
      rows: (note?.rows ?? 0) + page.items.length,
    }
    await keep(db, "shelf", note)
    shelf.put(page.items)
    told(shelf.size, page.next === null)
    if (page.next === null) return
  }
}

async function changes(db: Database, shelf: Shelf, note: ShelfNote, ask: Ask): Promise<void> {
  let version = ""
  for (let after: string | null = ""; after !== null; ) {
    const page: GoodsPage = await ask({ store: note.store, since: note.version, ...(after ? { after } : {}) })
    for (const one of page.items) await db.put("changed", one, one.sku)
    shelf.put(page.items)
    version ||= page.version
    after = page.next
  }
  await keep(db, "shelf", { ...note, version })
}
