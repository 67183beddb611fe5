/** Available to promise, step by step: on hand, less what is held, less what is kept back. */

import type { HolderView } from "@kit/api/schema.gen"
import type { Step } from "@kit/explain"
import { countText, exactText } from "@kit/format"
import { Go } from "@kit/shell/go"
import type { Say } from "@kit/words"
import type { words } from "./words"

export interface Figures {
  on_hand: number
  held: number
  floor: number
  available: number
}

type Words = Say<(typeof words)["en"]>

const less = (count: number) => countText(-count)

export function atpSteps(
  t: Words,
  figures: Figures,
  holders?: { list: readonly HolderView[]; unlisted: number },
): Step[] {
  const steps: Step[] = [
    { key: "on_hand", title: t("onHand"), amount: countText(figures.on_hand), reason: t("onHandWhy") },
    {
      key: "held",
      title: t("held"),
      amount: less(figures.held),
      reason: holders
        ? t("heldWhy", { count: new Set(holders.list.map((one) => one.order)).size })
        : figures.held
          ? undefined
          : t("heldWhy", { count: 0 }),
    },
  ]
  if (figures.floor) steps.push({ key: "floor", title: t("floor"), amount: less(figures.floor), reason: t("floorWhy") })
  steps.push({
    key: "available",
    title: t("available"),
    amount: countText(figures.available),
    reason: t("availableWhy"),
    total: true,
  })
  return steps
}

export function holderSteps(t: Words, holders: readonly HolderView[], unlisted: number): Step[] {
  const steps: Step[] = holders.map((one) => ({
    key: `${one.order} ${one.line}`,
    title: <Go to={`/orders/${one.order}`}>{t("heldFor", { order: one.order, line: one.line })}</Go>,
    amount: countText(one.held),
    reason: one.expires_at ? t("until", { time: exactText(one.expires_at) }) : t("paidHold"),
  }))
  if (unlisted > 0) steps.push({ key: "more", title: t("unlisted"), amount: countText(unlisted) })
  return steps
}
