/** What happened to an order, newest first, with a place to say something. */

import { send, useAct } from "@kit/api/act"
import { fetcher } from "@kit/api/client"
import type { EventView, OrderView } from "@kit/api/schema.gen"
import { useSession } from "@kit/session"
import { Waiting } from "@kit/states"
import { Timeline } from "@kit/timeline"
import { useWords } from "@kit/words"
import { useInfiniteQuery } from "@tanstack/react-query"
import { happened, happeningsOf } from "./happenings"
import { trade } from "./words"

export function OrderHappenings({ order }: { order: OrderView }) {
  const t = useWords(happened)
  const tt = useWords(trade)
  const { may } = useSession()
  const path = { order_id: order.id }
  const pages = useInfiniteQuery({
    queryKey: ["get", "/v1/orders/{order_id}/timeline", { path }, "pages"],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam }) =>
      send(fetcher.GET("/v1/orders/{order_id}/timeline", { params: { path, query: { after: pageParam, limit: 50 } } })),
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: 10_000,
  })
  const events: EventView[] = pages.data?.pages.flatMap((page) => [...page.items]) ?? []
  const comment = useAct(
    (key, text: string) =>
      send(
        fetcher.POST("/v1/orders/{order_id}/comments", {
          params: { path, header: { "Idempotency-Key": key } },
          body: { text },
        }),
      ),
    { refresh: ["/v1/orders/{order_id}/timeline"] },
  )
  if (pages.isPending) return <Waiting rows={6} />
  return (
    <Timeline
      happenings={happeningsOf(events, t, tt, order.currency)}
      onComment={may("order:comment") ? (text) => comment.mutateAsync(text) : undefined}
      onMore={pages.hasNextPage ? () => void pages.fetchNextPage() : undefined}
    />
  )
}
