import { expect, test } from "vitest"
import { csvOf } from "./table"

const figures = {
  by: "Store",
  labels: ['Corner "5"', "=1+1", "-2", "West, East"],
  series: [
    { name: "Sales", values: [1, 2, -3, null] },
    { name: "Before", values: [0, null, 5, 6] },
  ],
}

test("a file of figures is read back as it was shown, and no cell is a formula", () => {
  expect(csvOf(figures, (value) => (value / 100).toFixed(2))).toBe(
    '\ufeffStore,Sales,Before\r\n"Corner ""5""",0.01,0.00\r\n\'=1+1,0.02,\r\n-2,-0.03,0.05\r\n"West, East",,0.06\r\n',
  )
})
