/** From the JSON pointers of a refusal to the fields of a form. */

import type { FormInstance } from "antd"
import type { Problem } from "./client"
import type { FieldError } from "./schema.gen"

/** "/lines/0/quantity": ["lines", 0, "quantity"]. */
export function namePath(pointer: string): (string | number)[] {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part))
}

/** Shows each error beside its field; gives back those that have none. */
export function atFields(problem: Problem, form: FormInstance): FieldError[] {
  const homeless: FieldError[] = []
  let first = true
  for (const error of problem.errors ?? []) {
    const name = namePath(error.pointer)
    if (form.getFieldInstance(name) === undefined && form.getFieldValue(name) === undefined) {
      homeless.push(error)
      continue
    }
    form.setFields([{ name, errors: [error.message] }])
    if (first) form.scrollToField(name, { block: "center", focus: true })
    first = false
  }
  return homeless
}
