/** Rules of sale in a line. */

import type { components } from "@kit/api/schema.gen"
import type { Say } from "@kit/words"
import type { words } from "./gate.words"

type T = Say<(typeof words)["en"]>
type Limit = components["schemas"]["Limit"]
type Restriction = components["schemas"]["Restriction"]
type Goods = Limit["goods"]

export function limitSaid(limit: Pick<Limit, "units" | "period" | "identity" | "together">, t: T): string {
  return t("limitSaid", {
    units: limit.units,
    who: t(limit.identity === "company" ? "whoCompany" : "whoMember"),
    period: t(`period.${limit.period ?? "ever"}`),
    together: limit.together ? t("togetherSaid") : "",
  })
}

export function goodsSaid(goods: Goods, t: T): string {
  const named = [...(goods.skus ?? []), ...(goods.categories ?? []), ...(goods.brands ?? [])]
  return named.join(", ") || t("allGoods")
}

export function asksSaid(one: Restriction, t: T): string {
  const asked: [string, readonly string[] | undefined][] = [
    [t("regionsOnly"), one.regions_only],
    [t("regionsNever"), one.regions_never],
    [t("channelsOnly"), one.channels_only],
    [t("certificates"), one.certificates],
    [t("levels"), one.levels],
    [t("groups"), one.groups],
    [t("roles"), one.roles],
  ]
  const said = asked.filter(([, codes]) => codes?.length).map(([what, codes]) => `${what}: ${codes?.join(", ")}`)
  if (one.members_only) said.push(t("membersOnly"))
  if (one.companies_only) said.push(t("companiesOnly"))
  return said.join(" · ")
}
