import { fireEvent, render, screen } from "@testing-library/react"
import { describe, expect, it, vi } from "vitest"
import { type Entry, openPalette, Palette, type PaletteProps } from "."

// jsdom has no layout to scroll in.
Element.prototype.scrollIntoView = () => {}

function entry(key: string, title: string) {
  return { key, title, kind: "Page", go: vi.fn<() => void>() } satisfies Entry
}

const orders = entry("orders", "Orders")
const stock = entry("stock", "Stock")
const dark = entry("dark", "Switch light and dark")
const last = entry("last", "Ada Byron")

function palette(useFound: PaletteProps["useFound"]) {
  return <Palette pages={[orders, stock]} commands={[dark]} recent={[last]} useFound={useFound} />
}

async function open(useFound: PaletteProps["useFound"] = () => ({ entries: [], searching: false })) {
  const shown = render(palette(useFound))
  openPalette()
  return { box: await screen.findByRole("combobox"), shown }
}

const titles = () => screen.getAllByRole("option").map((one) => one.textContent)

describe("the palette", () => {
  it("begins with what was opened last, then the pages", async () => {
    await open()
    expect(titles()).toEqual(["Ada ByronPage", "OrdersPage", "StockPage"])
  })
  it("shows commands alone after >", async () => {
    const { box } = await open()
    fireEvent.change(box, { target: { value: "> dark" } })
    expect(titles()).toEqual(["Switch light and darkPage"])
    fireEvent.keyDown(box, { key: "Enter" })
    expect(dark.go).toHaveBeenCalledOnce()
  })
  it("opens what is found for a number that was confirmed before the answer came", async () => {
    const found = entry("found", "Order 7")
    const { box, shown } = await open(() => ({ entries: [], searching: true }))
    fireEvent.change(box, { target: { value: "7" } })
    fireEvent.keyDown(box, { key: "Enter" })
    expect(found.go).not.toHaveBeenCalled()
    shown.rerender(palette(() => ({ entries: [found], searching: false })))
    expect(found.go).toHaveBeenCalledOnce()
  })
  it("goes where the arrows point", async () => {
    const { box } = await open()
    for (const key of ["ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "Enter"]) fireEvent.keyDown(box, { key })
    expect(orders.go).toHaveBeenCalledOnce()
    expect(stock.go).not.toHaveBeenCalled()
  })
})
