import { Go } from "@kit/shell/go"
import { useWords } from "@kit/words"
import "../people/people.css"
import { business } from "./business"

const TABS = [
  ["/members", "members"],
  ["/members/companies", "companies"],
  ["/members/groups", "groups"],
] as const

export function Tabs({ here }: { here: (typeof TABS)[number][0] }) {
  const t = useWords(business)
  return (
    <nav className="subnav" aria-label={t("members")}>
      {TABS.map(([path, name]) => (
        <Go key={path} to={path} className={path === here ? "current" : undefined}>
          {t(name)}
        </Go>
      ))}
    </nav>
  )
}
