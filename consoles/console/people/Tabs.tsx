import { Go } from "@kit/shell/go"
import { useWords } from "@kit/words"
import "./people.css"
import { words } from "./words"

const TABS = [
  ["/people", "staff"],
  ["/roles", "roles"],
  ["/sessions", "sessions"],
] as const

/** Staff, roles and sessions belong together; each has an address of its own. */
export function Tabs({ here }: { here: (typeof TABS)[number][0] }) {
  const t = useWords(words)
  return (
    <nav className="subnav" aria-label={t("people")}>
      {TABS.map(([path, name]) => (
        <Go key={path} to={path} className={path === here ? "current" : undefined}>
          {t(name)}
        </Go>
      ))}
    </nav>
  )
}
