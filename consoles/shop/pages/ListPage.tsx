import type { CardView, ShownView } from "@kit/api/schema.gen"
import { useEffect, useRef, useState } from "react"
import { ask, type Refusal, refusalOf, useAsk } from "../ask"
import { useFront } from "../front"
import { Go, go, useAddress } from "../router"
import { type Say, useSay } from "../say"
import { CardGhosts, Cards } from "../ui/Cards"
import { Button, Empty, Refused, Select, Sheet } from "../ui/ui"

const FACETS = 12
const SORTS = ["best", "price", "price_desc", "title", "new"] as const

function sorts(t: Say) {
  const labels = {
    best: t("sortBest"),
    price: t("sortPrice"),
    price_desc: t("sortPriceDesc"),
    title: t("sortTitle"),
    new: t("sortNew"),
  }
  return SORTS.map((sort) => [sort, labels[sort]] as const)
}

/** What is asked of the server for an address of this page; the page written by the server asks the same. */
export function question(category: string, query: URLSearchParams): string {
  const asked = new URLSearchParams()
  for (const [name, value] of [
    ["q", query.get("q")],
    ["category", category || query.get("category")],
    ["brand", query.get("brand")],
    ["in_stock", query.get("in_stock") && "true"],
    ["sort", query.get("sort")],
  ])
    if (name && value) asked.set(name, value)
  const text = asked.toString()
  return text ? `/products?${text}` : "/products"
}

/** A category, or a search, with everything to narrow it down. What is chosen stands in the address. */
export function ListPage({ argument }: { argument: string }) {
  const { query } = useAddress()
  const front = useFront()
  const t = useSay()
  const asked = question(argument, query)
  const { value, refusal, again } = useAsk<ShownView>(asked)
  const [narrowing, setNarrowing] = useState(false)
  const category = argument || query.get("category") || ""
  const here = front.categories.find((one) => one.code === category)
  const q = query.get("q")
  const title = here?.name ?? (q ? t("resultsFor", { q }) : t("bestSold"))
  useEffect(() => {
    document.title = title
  }, [title])

  const below = front.categories.filter((one) => one.parent === category).slice(0, FACETS)
  const set = (name: string, wanted: string | null) => {
    const next = new URLSearchParams(query)
    if (wanted) next.set(name, wanted)
    else next.delete(name)
    const text = next.toString()
    go(`${argument ? `/c/${argument}` : "/search"}${text ? `?${text}` : ""}`)
  }
  const brands = value?.brands ?? []
  const brand = query.get("brand")
  const brandName = brands.find((one) => one.code === brand)?.name ?? brand ?? ""
  const chips: [string, () => void][] = []
  if (q) chips.push([t("resultsFor", { q }), () => set("q", null)])
  if (!argument && here) chips.push([here.name, () => set("category", null)])
  if (brand) chips.push([brandName, () => set("brand", null)])
  if (query.get("in_stock")) chips.push([t("inStockOnly"), () => set("in_stock", null)])

  const facets = (
    <>
      {!argument && value?.categories.length ? (
        <fieldset>
          <legend>{t("category")}</legend>
          {value.categories.slice(0, FACETS).map((one) => (
            <Choice
              key={one.code}
              name={one.name}
              count={one.count}
              on={one.code === category}
              choose={(on) => set("category", on ? one.code : null)}
            />
          ))}
        </fieldset>
      ) : null}
      <fieldset>
        <legend>{t("brand")}</legend>
        {brands.slice(0, FACETS).map((one) => (
          <Choice
            key={one.code}
            name={one.name}
            count={one.count}
            on={one.code === brand}
            choose={(on) => set("brand", on ? one.code : null)}
          />
        ))}
      </fieldset>
      <fieldset>
        <legend>{t("inStock")}</legend>
        <Choice
          name={t("inStockOnly")}
          on={query.get("in_stock") !== null}
          choose={(on) => set("in_stock", on ? "true" : null)}
        />
      </fieldset>
    </>
  )
  return (
    <>
      <Trail code={category} />
      <div className="list-head">
        <h1>{title}</h1>
        <p className="muted" role="status">
          {value ? (value.more ? t("moreThan", { count: value.count }) : t("results", { count: value.count })) : ""}
        </p>
      </div>
      {below.length ? (
        <ul className="pills">
          {below.map((one) => (
            <li key={one.code}>
              <Go href={`/c/${one.code}`}>{one.name}</Go>
            </li>
          ))}
        </ul>
      ) : null}
      <div className="tools">
        <Button className="narrow-button" onClick={() => setNarrowing(true)}>
          {t("filters")}
          {chips.length ? ` · ${chips.length}` : ""}
        </Button>
        <ul className="chips">
          {chips.map(([label, drop]) => (
            <li key={label}>
              <button type="button" onClick={drop} aria-label={t("remove", { what: label })}>
                {label} <span aria-hidden="true">✕</span>
              </button>
            </li>
          ))}
          {chips.length > 1 ? (
            <li>
              <button type="button" className="link" onClick={() => go(argument ? `/c/${argument}` : "/search")}>
                {t("clearFilters")}
              </button>
            </li>
          ) : null}
        </ul>
        <Select
          quiet
          label={t("sort")}
          value={query.get("sort") ?? "best"}
          onChoose={(sort) => set("sort", sort === "best" ? null : sort)}
          options={sorts(t)}
        />
      </div>
      <div className="with-aside">
        <aside className="facets" aria-label={t("filters")}>
          {facets}
        </aside>
        <div>
          {value ? <Rows key={asked} asked={asked} first={value} currency={front.currency} /> : null}
          {!value && refusal ? <Refused refusal={refusal} again={again} /> : null}
          {!value && !refusal ? <CardGhosts count={12} /> : null}
          {value?.count === 0 ? (
            <Empty title={t("noResults")} body={t("noResultsBody")}>
              <Button tone="main" onClick={() => go("/search")}>
                {t("clearFilters")}
              </Button>
            </Empty>
          ) : null}
        </div>
      </div>
      {narrowing ? (
        <Sheet title={t("filters")} onClose={() => setNarrowing(false)}>
          <div className="facets">{facets}</div>
          <Button tone="main" className="wide" onClick={() => setNarrowing(false)}>
            {t("showResults", { count: value?.count ?? 0 })}
          </Button>
        </Sheet>
      ) : null}
    </>
  )
}

function Choice(props: { name: string; count?: number; on: boolean; choose: (on: boolean) => void }) {
  return (
    <label className="choice">
      <input type="checkbox" checked={props.on} onChange={(event) => props.choose(event.target.checked)} />
      <span>{props.name}</span>
      {props.count === undefined ? null : <span className="muted num">{props.count}</span>}
    </label>
  )
}

/** The first page and those after it, fetched as the end comes near. */
function Rows({ asked, first, currency }: { asked: string; first: ShownView; currency: string }) {
  const t = useSay()
  const [more, setMore] = useState<CardView[]>([])
  const [next, setNext] = useState(first.next)
  const [refused, setRefused] = useState<Refusal>()
  const [busy, setBusy] = useState(false)
  const end = useRef<HTMLDivElement>(null)
  const fetchMore = async () => {
    if (!next || busy) return
    setBusy(true)
    try {
      const told = await ask<ShownView>("GET", `${asked}${asked.includes("?") ? "&" : "?"}after=${next}`)
      setMore((before) => [...before, ...told.items])
      setNext(told.next)
      setRefused(undefined)
    } catch (thrown) {
      setRefused(refusalOf(thrown))
    }
    setBusy(false)
  }
  const latest = useRef(fetchMore)
  useEffect(() => {
    latest.current = fetchMore
  })
  useEffect(() => {
    if (!end.current || refused) return
    const near = new IntersectionObserver((seen) => seen[0]?.isIntersecting && latest.current(), {
      rootMargin: "600px",
    })
    near.observe(end.current)
    return () => near.disconnect()
  }, [refused])
  const known = new Set(first.items.map((one) => one.code))
  const items = [...first.items, ...more.filter((one) => !known.has(one.code) && known.add(one.code))]
  return (
    <>
      <Cards items={items} currency={currency} eager={4} />
      {refused ? <Refused refusal={refused} again={fetchMore} /> : null}
      {next ? (
        <div ref={end} className="more">
          <Button busy={busy} onClick={fetchMore}>
            {busy ? t("loading") : t("loadMore")}
          </Button>
        </div>
      ) : null}
    </>
  )
}

/** Where this is, from the top down. */
export function Trail({ code, last }: { code: string | undefined; last?: string }) {
  const front = useFront()
  const t = useSay()
  const trail: { code: string; name: string }[] = []
  for (let at = front.categories.find((one) => one.code === code); at && trail.length < 10; ) {
    trail.unshift(at)
    const parent = at.parent
    at = front.categories.find((one) => one.code === parent)
  }
  return (
    <nav className="trail" aria-label={t("category")}>
      <ol>
        <li>
          <Go href="/">{t("home")}</Go>
        </li>
        {trail.map((one, no) => (
          <li key={one.code}>
            {no === trail.length - 1 && !last ? (
              <span aria-current="page">{one.name}</span>
            ) : (
              <Go href={`/c/${one.code}`}>{one.name}</Go>
            )}
          </li>
        ))}
        {last ? (
          <li>
            <span aria-current="page">{last}</span>
          </li>
        ) : null}
      </ol>
    </nav>
  )
}
