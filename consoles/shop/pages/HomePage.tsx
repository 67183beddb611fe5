import type { ShownView } from "@kit/api/schema.gen"
import { useSyncExternalStore } from "react"
import { Art } from "../art/Art"
import { useAsk } from "../ask"
import { useFront, useTold } from "../front"
import { seen } from "../held"
import { Go } from "../router"
import { useSay } from "../say"
import { CardGhosts, Cards } from "../ui/Cards"
import { Refused } from "../ui/ui"

const DOORS = 12
export const BEST = "/products?limit=18&in_stock=true"

export function HomePage() {
  const front = useFront()
  const told = useTold()
  const t = useSay()
  const { value, refusal, again } = useAsk<ShownView>(BEST)
  const looked = useSyncExternalStore(seen.listen, seen.now)
  const doors = front.categories.filter((one) => one.parent === null && one.count > 4).slice(0, DOORS)
  return (
    <>
      <section className="hero">
        <h1>{told("greeting") || told("title")}</h1>
        <p>
          <Go className="button main" href="/search">
            {t("startShopping")}
          </Go>{" "}
          <Go className="button" href="/offers">
            {t("offersTitle")}
          </Go>
        </p>
        <div className="hero-art" aria-hidden="true">
          {["fruit", "milk", "bread", "floral"].map((kind) => (
            <Art key={kind} seed={kind} words={[kind]} />
          ))}
        </div>
      </section>
      <section aria-labelledby="doors">
        <h2 id="doors">{t("categories")}</h2>
        <ul className="doors">
          {doors.map((one) => (
            <li key={one.code}>
              <Go href={`/c/${one.code}`}>
                <Art seed={one.code} words={[one.name, one.code]} />
                <span>{one.name}</span>
              </Go>
            </li>
          ))}
        </ul>
      </section>
      <section aria-labelledby="best">
        <div className="section-head">
          <h2 id="best">{t("bestSold")}</h2>
          <Go href="/search">{t("seeAll")}</Go>
        </div>
        {value ? (
          <Cards items={value.items} currency={front.currency} />
        ) : refusal ? (
          <Refused refusal={refusal} again={again} />
        ) : (
          <CardGhosts count={12} />
        )}
      </section>
      {looked.length ? <Seen /> : null}
    </>
  )
}

/** What was looked at on this device, as it is now; what is gone is left out. */
export function Seen({ but }: { but?: string }) {
  const front = useFront()
  const t = useSay()
  const codes = useSyncExternalStore(seen.listen, seen.now).filter((code) => code !== but)
  const wanted = codes.slice(0, 6)
  const { value } = useAsk<ShownView>(
    wanted.length ? `/products?codes=${wanted.map(encodeURIComponent).join(",")}` : null,
  )
  if (!value?.items.length) return null
  return (
    <section aria-labelledby="seen">
      <h2 id="seen">{t("recentlySeen")}</h2>
      <Cards items={value.items} currency={front.currency} />
    </section>
  )
}
