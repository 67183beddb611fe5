import { useSession } from "@kit/session"
import { Go } from "@kit/shell/go"
import { useWords } from "@kit/words"
import "../people/people.css"
import "./places.css"
import { words } from "./words"

const TABS = [
  ["/places/channels", "channels", "access:read"],
  ["/places/stores", "stores", "access:read"],
  ["/places/locations", "locations", "inventory:read"],
  ["/places/sellers", "sellers", "access:read"],
] as const

export function Tabs({ here }: { here: (typeof TABS)[number][0] }) {
  const t = useWords(words)
  const { may } = useSession()
  return (
    <nav className="subnav" aria-label={t("places")}>
      {TABS.filter(([, , needs]) => may(needs)).map(([path, name]) => (
        <Go key={path} to={path} className={path === here ? "current" : undefined}>
          {t(name)}
        </Go>
      ))}
    </nav>
  )
}
