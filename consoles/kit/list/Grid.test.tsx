import { fireEvent, render, screen } from "@testing-library/react"
import { describe, expect, it, vi } from "vitest"
import { Grid } from "./Grid"

const rows = Array.from({ length: 500 }, (_, no) => ({ id: `r${no}`, name: `Row ${no}` }))

function grid(more: Partial<Parameters<typeof Grid<(typeof rows)[number]>>[0]> = {}) {
  const opened = vi.fn()
  const chosen = vi.fn()
  render(
    <Grid
      label="Rows"
      columns={[{ key: "name", title: "Name", render: (row) => row.name, sort: "name" }]}
      rows={rows}
      rowKey={(row) => row.id}
      more={false}
      loading={false}
      onMore={() => {}}
      onOpen={opened}
      chosen={new Set(["r1"])}
      onChoose={chosen}
      chooseWords={{ all: "All", row: (row) => `Choose ${row.name}` }}
      {...more}
    />,
  )
  return { box: screen.getByRole("grid"), opened, chosen }
}

describe("the grid", () => {
  it("holds in the page only what is in sight", () => {
    grid()
    expect(screen.getAllByRole("row").length).toBeLessThan(60)
    expect(screen.getByRole("grid").getAttribute("aria-rowcount")).toBe("501")
  })
  it("is walked, opened and chosen from by keys", () => {
    const { box, opened, chosen } = grid()
    for (const key of ["j", "j", "ArrowDown", "k", "Enter"]) fireEvent.keyDown(box, { key })
    expect(opened).toHaveBeenCalledWith(rows[1])
    fireEvent.keyDown(box, { key: "j" })
    fireEvent.keyDown(box, { key: "x" })
    expect(chosen).toHaveBeenLastCalledWith(new Set(["r1", "r2"]))
    fireEvent.keyDown(box, { key: "k" })
    fireEvent.keyDown(box, { key: "x" })
    expect(chosen).toHaveBeenLastCalledWith(new Set())
  })
  it("turns its order around, and back to none", () => {
    const onSort = vi.fn()
    const { box } = grid({ sort: "name", onSort })
    fireEvent.click(screen.getByRole("button", { name: /Name/ }))
    expect(onSort).toHaveBeenLastCalledWith("-name")
    expect(box.querySelector("[aria-sort=ascending]")).not.toBeNull()
  })
  it("asks for more before the end is reached", () => {
    const onMore = vi.fn()
    grid({ rows: rows.slice(0, 10), more: true, onMore })
    expect(onMore).toHaveBeenCalled()
  })
})
