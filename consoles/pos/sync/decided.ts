import { problemOf } from "@kit/api/client"

export type Problem = NonNullable<ReturnType<typeof problemOf>>

/** Refusals that say nothing about what was asked: signed out, too slow, too many at once. */
const UNDECIDED = new Set([401, 408, 429])

/** The refusal the server has decided on; null: no answer came, or it decided nothing and may be asked again. */
export function decided(thrown: unknown): Problem | null {
  const problem = problemOf(thrown)
  return problem && problem.status >= 400 && problem.status < 500 && !UNDECIDED.has(problem.status) ? problem : null
}
