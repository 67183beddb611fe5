import { Go } from "@kit/shell/go"
import { useWords } from "@kit/words"
import "../people/people.css"
import { agreeing } from "./agreeing"

const TABS = [
  ["/prices", "lists"],
  ["/prices/proposals", "proposals"],
  ["/prices/negotiations", "negotiations"],
] as const

export function Tabs({ here }: { here: (typeof TABS)[number][0] }) {
  const t = useWords(agreeing)
  return (
    <nav className="subnav" aria-label={t("lists")}>
      {TABS.map(([path, name]) => (
        <Go key={path} to={path} className={path === here ? "current" : undefined}>
          {t(name)}
        </Go>
      ))}
    </nav>
  )
}
