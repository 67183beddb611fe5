/** The one way to the server: the public API through the client generated from its description. */

import createFetchClient, { type Middleware } from "openapi-fetch"
import createQueryClient from "openapi-react-query"
import { locale } from "../words/locale"
import type { paths, Problem as TheProblem } from "./schema.gen"
import { detailText, shapeText } from "./shapes"
import { token } from "./token"

/** A refusal as the server words it (RFC 9457). Some carry further members: the facts that would change it. */
export type Problem = TheProblem & Record<string, unknown>

const headers: Middleware = {
  onRequest({ request }) {
    const held = token.held()
    if (held) request.headers.set("authorization", `Bearer ${held.token}`)
    request.headers.set("accept-language", locale.now())
  },
  onResponse({ response, request }) {
    if (response.status === 401 && !request.url.endsWith("/v1/sign-in")) token.drop()
  },
  onError() {
    return Promise.reject(OFFLINE())
  },
}

export const fetcher = createFetchClient<paths>({ baseUrl: "/" })
fetcher.use(headers)

/** `api.useQuery("get", "/v1/orders/{order_id}", { params })`, `api.queryOptions(…)`, `api.useInfiniteQuery(…)`. */
export const api = createQueryClient(fetcher)

/** What is thrown when no answer came: shaped like a refusal, so that screens know one kind of bad news. */
function OFFLINE(): Problem {
  return {
    type: "about:blank",
    title: "",
    status: 0,
    code: "network.unreachable",
    detail: "",
    errors: [],
    request_id: "",
  }
}

/** Whatever was thrown, as a Problem; null for what is a defect of ours and should be seen as one. */
export function problemOf(thrown: unknown): Problem | null {
  if (thrown === null || typeof thrown !== "object" || !("code" in thrown) || !("status" in thrown)) return null
  const problem = thrown as Problem
  return {
    ...problem,
    detail: detailText(problem),
    errors: problem.errors?.map((error) => ({ ...error, message: shapeText(error.message) })),
  }
}

/** A key that names one wish of the user, however often it is sent. */
export function idempotencyKey(): string {
  return crypto.randomUUID()
}
