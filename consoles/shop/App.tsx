import type { FrontAddress, FrontView } from "@kit/api/schema.gen"
import { Mark } from "@kit/brand"
import { preference } from "@kit/theme/preference"
import { locale } from "@kit/words/locale"
import { type ComponentType, lazy, Suspense, useEffect, useState, useSyncExternalStore } from "react"
import { useAsk } from "./ask"
import { useBasket } from "./basket"
import { Front, useFront, useTold } from "./front"
import { session } from "./held"
import { HomePage } from "./pages/HomePage"
import { ListPage } from "./pages/ListPage"
import { ProductPage } from "./pages/ProductPage"
import { BASE } from "./place"
import { Go, go, to, useAddress } from "./router"
import { useLocale, useSay } from "./say"
import { Empty, Notice, Refused } from "./ui/ui"

// Who buys needs more than who looks: those pages come when they are asked for.
const CartPage = lazy(() => import("./pages/CartPage"))
const CheckoutPage = lazy(() => import("./pages/CheckoutPage"))
const OrderPage = lazy(() => import("./pages/OrderPage"))
const FindPage = lazy(() => import("./pages/FindPage"))
const OffersPage = lazy(() => import("./pages/OffersPage"))
const GroupPage = lazy(() => import("./pages/GroupPage"))
const TalksPage = lazy(() => import("./pages/TalksPage"))
const TalkPage = lazy(() => import("./pages/TalkPage"))
const BuyingFor = lazy(() => import("./ui/BuyingFor"))
const AccountPage = lazy(() => import("./pages/AccountPage"))

type Page = ComponentType<{ argument: string }>

/** Every page of the shop, by the beginning of its address. */
export const PAGES: readonly (readonly [pattern: RegExp, page: Page])[] = [
  [/^\/$/, HomePage],
  [/^\/search$/, ListPage],
  [/^\/c\/([^/]+)$/, ListPage],
  [/^\/p\/([^/]+)$/, ProductPage],
  [/^\/cart$/, CartPage],
  [/^\/checkout$/, CheckoutPage],
  [/^\/orders\/([^/]+)$/, OrderPage],
  [/^\/find$/, FindPage],
  [/^\/offers$/, OffersPage],
  [/^\/groups\/([^/]+)$/, GroupPage],
  [/^\/prices(?:\/new)?$/, TalksPage],
  [/^\/prices\/([^/]+)$/, TalkPage],
  [/^\/account(?:\/(\w+))?$/, AccountPage],
]

/** Nobody has said which shop: there may be only one. */
function Lost() {
  const t = useSay()
  const [lost, setLost] = useState(false)
  useEffect(() => {
    fetch("/v1/shop")
      .then((told) => (told.ok ? told.json() : Promise.reject(told)))
      .then((only: FrontAddress) => location.replace(`/shop/${only.tenant}/${only.channel}/`))
      .catch(() => setLost(true))
  }, [])
  return lost ? <Empty title={t("notFound")} body={t("whichShop")} /> : <div className="waiting" />
}

export function App() {
  return BASE.split("/").every((part, no) => no === 0 || part) ? <Entered /> : <Lost />
}

function Entered() {
  const { value: front, refusal, again } = useAsk<FrontView>("")
  const t = useSay()
  if (!front) {
    if (refusal?.status === 404) return <Empty title={t("notFound")} body={t("notFoundBody")} />
    return refusal ? <Refused refusal={refusal} again={again} /> : <div className="waiting" />
  }
  return (
    <Front value={front}>
      <Shell />
    </Front>
  )
}

function Shell() {
  const { path } = useAddress()
  const front = useFront()
  const t = useSay()
  const held = useSyncExternalStore(session.listen, session.now)
  const found = PAGES.map(([pattern, page]) => [pattern.exec(path), page] as const).find(([match]) => match)
  const Shown = found?.[1]
  return (
    <>
      <a className="skip" href="#main">
        {t("skip")}
      </a>
      <Header />
      {front.simulated ? <p className="simulated">{t("simulated")}</p> : null}
      {held ? (
        <Suspense fallback={null}>
          <BuyingFor />
        </Suspense>
      ) : null}
      <main id="main" tabIndex={-1}>
        {front.open ? null : <Notice tone="warn">{t("closed")}</Notice>}
        <Suspense fallback={<div className="waiting" />}>
          {Shown ? (
            <Shown argument={found?.[0]?.[1] ?? ""} />
          ) : (
            <Empty title={t("notFound")} body={t("notFoundBody")}>
              <Go className="button main" href="/">
                {t("home")}
              </Go>
            </Empty>
          )}
        </Suspense>
      </main>
      <Footer />
    </>
  )
}

function Header() {
  const t = useSay()
  const told = useTold()
  const front = useFront()
  const at = useLocale()
  const { path, query } = useAddress()
  const pieces = useBasket().length
  const theme = useSyncExternalStore(preference.listen, preference.shown)
  const title = told("title")
  useEffect(() => {
    document.title = title
  }, [title])
  return (
    <header className="top">
      <Go className="brand" href="/">
        <Mark size={26} />
        <span>{title}</span>
      </Go>
      <search>
        <form
          action={to("/search")}
          method="get"
          onSubmit={(event) => {
            event.preventDefault()
            const q = String(new FormData(event.currentTarget).get("q") ?? "").trim()
            go(q ? `/search?q=${encodeURIComponent(q)}` : "/search")
          }}
        >
          <label className="sr-only" htmlFor="q">
            {t("search")}
          </label>
          <input
            id="q"
            name="q"
            type="search"
            maxLength={100}
            placeholder={t("searchHint")}
            autoComplete="off"
            enterKeyHint="search"
            key={path === "/search" ? (query.get("q") ?? "") : ""}
            defaultValue={path === "/search" ? (query.get("q") ?? "") : ""}
          />
          <button type="submit" aria-label={t("searchGo")}>
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d="M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5L21 21" />
            </svg>
          </button>
        </form>
      </search>
      <nav aria-label={t("account")}>
        {front.languages.length > 1 ? (
          <button
            type="button"
            className="link"
            lang={at === "zh" ? "en" : "zh-CN"}
            onClick={() => locale.choose(at === "zh" ? "en" : "zh")}
          >
            {t("language")}
          </button>
        ) : null}
        <button
          type="button"
          className="icon"
          aria-label={theme === "dark" ? t("themeLight") : t("themeDark")}
          title={theme === "dark" ? t("themeLight") : t("themeDark")}
          onClick={() => preference.chooseTheme(theme === "dark" ? "light" : "dark")}
        >
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d="M12 4a8 8 0 1 0 0 16zM12 4a8 8 0 0 1 0 16" />
          </svg>
        </button>
        <Go className="icon" href="/account" aria-label={t("account")} title={t("account")}>
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d="M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4.5 20c.6-4 3.6-6 7.500-6s6.900 2 7.500 6" />
          </svg>
        </Go>
        <Go className="icon cart-link" href="/cart" aria-label={t("cartOf", { count: pieces })} title={t("cart")}>
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d="M3 5h3l2.500 11h9.500l2.500-8H7M10 20h.01M17 20h.01" />
          </svg>
          {pieces ? <span className="count">{pieces}</span> : null}
        </Go>
      </nav>
    </header>
  )
}

function Footer() {
  const t = useSay()
  const told = useTold()
  return (
    <footer className="bottom">
      {told("delivery") ? (
        <section>
          <h2>{t("delivery")}</h2>
          <p>{told("delivery")}</p>
        </section>
      ) : null}
      {told("returns") ? (
        <section>
          <h2>{t("returnsTitle")}</h2>
          <p>{told("returns")}</p>
        </section>
      ) : null}
      <section>
        <h2>{t("orderTitle")}</h2>
        <p>
          <Go href="/find">{t("findAnOrder")}</Go>
        </p>
        <p className="muted">{t("poweredBy")}</p>
      </section>
    </footer>
  )
}
