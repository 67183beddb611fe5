/** Every SKU the store sells, in memory: by code at once, by the beginnings of words, codes and pinyin within a few milliseconds. */

import type { Sent } from "../keep/sale"
import type { Goods } from "../money/arithmetic"

const WORD = /[\p{L}\p{N}]+/gu
const FOUND_MAX = 60
/** A beginning this common says nothing yet: as many of its goods are looked at, not all of them. */
const COMMON_MAX = 3_000

export function goodsOf(sent: Sent): Goods {
  return {
    sku: sent.sku,
    title: sent.title ?? sent.sku,
    unit: sent.unit ?? "piece",
    pack: sent.pack ?? 1,
    bp: sent.bp ?? 0,
    top: sent.top ?? false,
    prices: (sent.prices ?? []) as Goods["prices"],
    codes: sent.codes ?? [],
    keys: sent.keys ?? [],
  }
}

export function wordsOf(text: string): string[] {
  return text.normalize("NFKC").toLowerCase().match(WORD) ?? []
}

/** A barcode as the till keeps it: scanners send leading zeros or not. */
export function bare(code: string): string {
  return /^0+\d+$/.test(code) ? code.replace(/^0+/, "") : code
}

export class Shelf {
  private goods: (Goods | null)[] = []
  private texts: string[] = []
  private place = new Map<string, number>()
  private byCode = new Map<string, number>()
  private byWord = new Map<string, number[]>()
  private sorted: string[] | null = null

  get size(): number {
    return this.place.size
  }

  put(all: readonly Sent[]): void {
    for (const sent of all) {
      const before = this.place.get(sent.sku)
      if (before !== undefined) {
        this.goods[before] = null
        this.place.delete(sent.sku)
      }
      if (sent.gone) continue
      const one = goodsOf(sent)
      const at = this.goods.push(one) - 1
      const spoken = wordsOf(one.title)
      this.texts[at] = spoken.join(" ")
      this.place.set(one.sku, at)
      for (const code of one.codes) this.byCode.set(bare(code), at)
      for (const word of new Set([...spoken, ...one.keys, one.sku.toLowerCase()])) {
        const there = this.byWord.get(word)
        if (there) there.push(at)
        else {
          this.byWord.set(word, [at])
          this.sorted = null
        }
      }
    }
  }

  clear(): void {
    this.goods = []
    this.texts = []
    this.place.clear()
    this.byCode.clear()
    this.byWord.clear()
    this.sorted = null
  }

  /** The goods of a code or barcode. */
  named(code: string): Goods | null {
    const at = this.place.get(code) ?? this.place.get(code.toLowerCase()) ?? this.byCode.get(bare(code))
    return at === undefined ? null : (this.goods[at] ?? null)
  }

  /** Goods all of whose words are begun by the words typed; what begins with the text itself comes first. */
  search(typed: string): Goods[] {
    const exact = this.named(typed.trim())
    const words = wordsOf(typed)
    if (!words.length) return exact ? [exact] : []
    let found: Set<number> | null = null
    // The longest word first: it leaves the fewest to look at.
    for (const word of [...words].sort((a, b) => b.length - a.length)) {
      found = this.beginning(word, found)
      if (!found.size) break
    }
    const text = words.join(" ")
    const rows: { one: Goods; rank: number; title: string }[] = []
    for (const at of found ?? []) {
      const one = this.goods[at]
      if (!one || one === exact) continue
      const title = this.texts[at] ?? ""
      const rank = (one.prices.length ? 0 : 4) + (title.startsWith(text) ? 0 : title.includes(text) ? 1 : 2)
      rows.push({ one, rank, title })
    }
    rows.sort((a, b) => a.rank - b.rank || (a.title < b.title ? -1 : a.title > b.title ? 1 : 0))
    const best = rows.slice(0, FOUND_MAX).map((row) => row.one)
    return exact ? [exact, ...best] : best
  }

  private beginning(word: string, among: Set<number> | null): Set<number> {
    this.sorted ??= [...this.byWord.keys()].sort()
    const { sorted } = this
    let low = 0
    let high = sorted.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sorted[middle] as string) < word) low = middle + 1
      else high = middle
    }
    const found = new Set<number>()
    for (let i = low; i < sorted.length && (sorted[i] as string).startsWith(word); i++) {
      for (const at of this.byWord.get(sorted[i] as string) ?? []) {
        if (among && !among.has(at)) continue
        found.add(at)
        if (!among && found.size >= COMMON_MAX) return found
      }
    }
    return found
  }
}
