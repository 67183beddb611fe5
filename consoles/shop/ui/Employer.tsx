/** For whom one buys: oneself, or a company. Its prices hold while it is chosen, on this device. */

import type { EmployerView, ShopperView } from "@kit/api/schema.gen"
import { useSyncExternalStore } from "react"
import { useAsk } from "../ask"
import { company, session } from "../held"
import { useSay } from "../say"
import { Select } from "./ui"

/** The company that is bought for, if one is chosen and it lets its buyer buy. */
export function useEmployer(): { employer: EmployerView | undefined; all: readonly EmployerView[]; waiting: boolean } {
  const held = useSyncExternalStore(session.listen, session.now)
  const chosen = useSyncExternalStore(company.listen, company.now)
  const { value } = useAsk<ShopperView>(held ? "/me" : null)
  const all = held ? (value?.companies ?? []) : []
  return { employer: all.find((one) => one.code === chosen), all, waiting: Boolean(held) && !value }
}

/** The choice; nothing to whom nobody lets buy. */
export function Employer() {
  const t = useSay()
  const { employer, all } = useEmployer()
  if (!all.length) return null
  return (
    <Select
      label={t("buyingFor")}
      value={employer?.code ?? ""}
      options={[["", t("myself")], ...all.map((one) => [one.code, one.name] as const)]}
      onChoose={(code) => company.keep(code)}
    />
  )
}
