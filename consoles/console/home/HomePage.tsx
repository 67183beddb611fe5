/** The first page: what waits for you, then how trade goes. */

import { useTitle } from "@kit/record"
import { useSession } from "@kit/session"
import { useWords } from "@kit/words"
import { SetupChecklist } from "../setup/SetupChecklist"
import { Sales } from "./Sales"
import { Tasks } from "./Tasks"
import "./home.css"
import { words } from "./words"

export default function HomePage() {
  const t = useWords(words)
  const { may } = useSession()
  useTitle(t("title"))
  return (
    <div className="home">
      <h1 className="sr-only">{t("title")}</h1>
      <SetupChecklist />
      <Tasks />
      {may("order:read") ? <Sales /> : null}
    </div>
  )
}
