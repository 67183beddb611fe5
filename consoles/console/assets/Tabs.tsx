import { Go } from "@kit/shell/go"
import { useWords } from "@kit/words"
import "../people/people.css"
import { words } from "./words"

const TABS = [
  ["/asset", "overview"],
  ["/asset/lots", "lots"],
  ["/asset/owed", "owedTab"],
  ["/asset/programme", "programme"],
  ["/asset/beans", "beansTab"],
] as const

/** The way from one page about points to another. */
export function Tabs({ here }: { here: (typeof TABS)[number][0] }) {
  const t = useWords(words)
  return (
    <nav className="subnav" aria-label={t("title")}>
      {TABS.map(([to, name]) => (
        <Go key={to} to={to} className={to === here ? "current" : undefined}>
          {t(name)}
        </Go>
      ))}
    </nav>
  )
}
