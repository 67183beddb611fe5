/** Everything that runs or is planned, month by month, whatever its kind. */

import { useTitle } from "@kit/record"
import { Empty } from "@kit/states"
import { useWords } from "@kit/words"
import { Tabs } from "./Tabs"
import { words } from "./words"

export default function CalendarPage() {
  const t = useWords(words)
  useTitle(t("plays"))
  return (
    <section className="list" aria-label={t("plays")}>
      <header className="list-title">
        <h1>{t("plays")}</h1>
      </header>
      <Tabs />
      <Empty title={t("nothingYet")} body={t("nothingYetBody")} />
    </section>
  )
}
