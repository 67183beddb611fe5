/** The basket: kept on this device, counted by the server. Each line remembers the price it was put in at, so that a change can be told. */

import { useSyncExternalStore } from "react"
import { kept } from "./place"

export interface Put {
  sku: string
  quantity: number
  /** Minor units per `per` base units when it was put in. */
  price: number
  per: number
}

export const LINES_MAX = 100
export const basket = kept<Put[]>("basket", [])

export function useBasket(): Put[] {
  return useSyncExternalStore(basket.listen, basket.now)
}

/** Lines after so much more of a SKU was put in; a line of its own if there was none. */
export function added(lines: Put[], put: Put): Put[] {
  const there = lines.find((line) => line.sku === put.sku)
  if (!there) return [...lines, put].slice(0, LINES_MAX)
  return lines.map((line) => (line === there ? { ...put, quantity: there.quantity + put.quantity } : line))
}

/** Lines with so much of a SKU; none of it takes the line out. */
export function changed(lines: Put[], sku: string, quantity: number): Put[] {
  if (quantity <= 0) return lines.filter((line) => line.sku !== sku)
  return lines.map((line) => (line.sku === sku ? { ...line, quantity } : line))
}

export function put(line: Put): void {
  basket.keep(added(basket.now(), line))
}

export function change(sku: string, quantity: number): void {
  basket.keep(changed(basket.now(), sku, quantity))
}

/** From now on this is the price the shopper has seen. */
export function accept(sku: string, price: number, per: number): void {
  basket.keep(basket.now().map((line) => (line.sku === sku ? { ...line, price, per } : line)))
}
