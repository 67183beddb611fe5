/**
 * Doing something: one wish, one Idempotency-Key, one answer in words.
 *
 *   const cancel = useAct((key) => send(fetcher.POST("/v1/orders/{order_id}/cancellations", { ... , headers: { "Idempotency-Key": key } })), {
 *     said: t("canceled"), refresh: ["/v1/orders"],
 *   })
 *   <Button loading={cancel.isPending} onClick={() => cancel.mutate(undefined)}>
 *
 * Sent again after a lost answer it keeps its key, so nothing happens twice. A refusal with pointers is given to `form`
 * where there is one; what has no field of its own is shown as a notice.
 */

import { useMutation, useQueryClient } from "@tanstack/react-query"
import { App, type FormInstance } from "antd"
import { useRef } from "react"
import { problemText } from "../states/problem"
import { idempotencyKey, type Problem, problemOf } from "./client"
import { atFields } from "./pointers"

export interface ActOptions<Answer> {
  /** What to say when it is done. */
  said?: string | ((answer: Answer) => string)
  /** Paths whose answers have changed: every query of them is asked again. */
  refresh?: string[]
  /** The form that shows refusals of its fields. */
  form?: FormInstance
  /** After it is done. */
  then?: (answer: Answer) => void
  /** Takes over a refusal; true means it has been dealt with and nothing is shown. */
  refused?: (problem: Problem) => boolean
}

export function useAct<Wish, Answer>(
  work: (key: string, wish: Wish) => Promise<Answer>,
  options: ActOptions<Answer> = {},
) {
  const { message, notification } = App.useApp()
  const client = useQueryClient()
  const held = useRef<{ wish: string; key: string } | null>(null)
  return useMutation<Answer, unknown, Wish>({
    mutationFn: (wish) => {
      const named = JSON.stringify(wish) ?? ""
      if (held.current?.wish !== named) held.current = { wish: named, key: idempotencyKey() }
      return work(held.current.key, wish)
    },
    async onSuccess(answer) {
      held.current = null
      const { said, refresh = [], then } = options
      if (said) message.success(typeof said === "function" ? said(answer) : said)
      await Promise.all(
        refresh.map((path) =>
          client.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[1]).startsWith(path) }),
        ),
      )
      then?.(answer)
    },
    onError(thrown) {
      const problem = problemOf(thrown)
      if (!problem) throw thrown
      // With no answer the wish may have come true: the same key asks for the same outcome.
      if (problem.status !== 0 && problem.status < 500) held.current = null
      if (options.refused?.(problem)) return
      const left = options.form ? atFields(problem, options.form) : problem.errors
      if (options.form && problem.errors?.length && !left?.length) return
      notification.error({ title: problemText(problem).title, description: problemText(problem).detail, duration: 8 })
    },
  })
}

/** The data of an answer; a refusal is thrown as the Problem it is. */
export async function send<Data>(asked: Promise<{ data?: Data; error?: unknown }>): Promise<Data> {
  const { data, error } = await asked
  if (error !== undefined) throw error
  return data as Data
}
