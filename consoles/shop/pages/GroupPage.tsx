/** A group somebody was invited to: leads to the goods that are bought together. */

import type { FrontGroup, FrontGroupBuys, ShownView } from "@kit/api/schema.gen"
import { useEffect } from "react"
import { useAsk } from "../ask"
import { Go, go } from "../router"
import { useSay } from "../say"
import { Empty } from "../ui/ui"

export default function GroupPage({ argument }: { argument: string }) {
  const t = useSay()
  const { value: group, refusal } = useAsk<FrontGroup>(`/groups/${encodeURIComponent(argument)}`)
  const { value: buys } = useAsk<FrontGroupBuys>("/group-buys")
  const sku = buys?.items.find((one) => one.code === group?.play)?.items[0]?.sku
  const { value: found } = useAsk<ShownView>(sku ? `/products?q=${encodeURIComponent(sku)}&limit=1` : null)
  const product = found?.items[0]?.code
  useEffect(() => {
    document.title = t("groupBuy")
    if (product) go(`/p/${encodeURIComponent(product)}?group=${encodeURIComponent(argument)}`, { replace: true })
  }, [product, argument, t])
  const gone = refusal || (group && group.state !== "open") || (buys && group && !sku)
  return gone ? (
    <Empty title={t("groupGone")} body={t("groupGoneBody")}>
      <Go className="button main" href="/offers">
        {t("offersTitle")}
      </Go>
    </Empty>
  ) : (
    <div className="waiting" />
  )
}
