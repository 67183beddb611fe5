import { afterEach, describe, expect, it } from "vitest"
import { locale } from "../words/locale"
import { problemOf } from "./client"
import { shapeText } from "./shapes"

afterEach(() => locale.choose("en"))

describe("what is not of its field's shape", () => {
  it.each([
    ["Expected `str` of length >= 1", "Fill this in", "请填写"],
    ["Expected `str` of length <= 64", "At most 64 characters", "最多 64 个字符"],
    ["Expected `array` of length >= 2", "At least 2 of them", "至少 2 项"],
    ["Expected `int` >= 0", "At least 0", "不小于 0"],
    ["Expected `int` <= 10000", "At most 10000", "不大于 10000"],
    ["Expected `str` matching regex '^[A-Z]{3}$'", "Not in the form this takes", "格式不正确"],
    ["Expected `int`, got `null`", "Fill this in", "请填写"],
    ["Object missing required field `code`", "Fill this in", "请填写"],
    ["Invalid enum value 'z'", "Not one of the choices", "不在可选范围内"],
    ["a gift needs a SKU", "a gift needs a SKU", "a gift needs a SKU"],
  ])("%s", (told, en, zh) => {
    locale.choose("en")
    expect(shapeText(told)).toBe(en)
    locale.choose("zh")
    expect(shapeText(told)).toBe(zh)
  })

  it("is said in a refusal as in its fields", () => {
    const told = "Expected `str` of length >= 1"
    const refusal = {
      code: "request.invalid",
      status: 422,
      title: "",
      detail: told,
      errors: [{ pointer: "/name", code: "x", message: told }],
    }
    expect(problemOf(refusal)).toMatchObject({
      detail: "Fill this in",
      errors: [{ pointer: "/name", message: "Fill this in" }],
    })
  })

  it("lets the facts speak where the server's sentence is in another language", () => {
    const refusal = {
      code: "order.short",
      status: 409,
      title: "库存不足",
      detail: "cj1: 5 wanted, 2 left",
      sku: "cj1",
      left: 2,
    }
    expect(problemOf(refusal)?.detail).toBe("cj1: 5 wanted, 2 left")
    locale.choose("zh")
    expect(problemOf(refusal)?.detail).toBe("单品 cj1，剩余 2")
  })
})
