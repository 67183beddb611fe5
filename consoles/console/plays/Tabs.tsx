import { useSession } from "@kit/session"
import { Go } from "@kit/shell/go"
import { useLocale, useWords } from "@kit/words"
import "../people/people.css"
import { kinds } from "./kinds"
import { words } from "./words"

/** The way from one kind to another; `here` is the kind's key, nothing for the calendar. */
export function Tabs({ here = "" }: { here?: string }) {
  const t = useWords(words)
  const locale = useLocale()
  const { may } = useSession()
  return (
    <nav className="subnav" aria-label={t("plays")}>
      <Go to="/plays" className={here === "" ? "current" : undefined}>
        {t("calendar")}
      </Go>
      {kinds
        .filter((kind) => may(kind.needs))
        .map((kind) => (
          <Go key={kind.key} to={`/plays/${kind.key}`} className={kind.key === here ? "current" : undefined}>
            {kind.title[locale]}
          </Go>
        ))}
    </nav>
  )
}
