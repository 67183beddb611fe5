import { describe, expect, it } from "vitest"
import { amountText, countText, moneyText, parseAmount } from "./money"

describe("money", () => {
  it("moves digits and never divides", () => {
    expect(amountText(9007199254740991, "USD")).toBe("90,071,992,547,409.91")
    expect(amountText(-5, "USD")).toBe("\u22120.05")
    expect(amountText(120, "JPY")).toBe("120")
    expect(moneyText(-1280, "CNY")).toBe("\u2212¥12.80")
    expect(moneyText(1280, "USD", true)).toBe("+$12.80")
    expect(countText(-1234567)).toBe("\u22121,234,567")
  })
  it("reads what people type", () => {
    expect(parseAmount("1,234.5", "USD")).toBe(123450)
    expect(parseAmount("¥0.07", "CNY")).toBe(7)
    expect(parseAmount("-3", "USD")).toBe(-300)
    expect(parseAmount(".5", "USD")).toBe(50)
    expect(parseAmount("1.005", "USD")).toBeNull()
    expect(parseAmount("1.500", "USD")).toBe(150)
    expect(parseAmount("12a", "USD")).toBeNull()
    expect(parseAmount("", "USD")).toBeNull()
    expect(parseAmount("0.5", "JPY")).toBeNull()
  })
  it("reads back what it writes", () => {
    for (const minor of [0, 1, -1, 99, 100, 12345, -987654321])
      expect(parseAmount(amountText(minor, "USD"), "USD")).toBe(minor)
  })
})
