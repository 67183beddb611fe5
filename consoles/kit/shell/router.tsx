/** From the areas of an app to its router: every page is loaded when it is first needed. */

import {
  type AsyncRouteComponent,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouteComponent,
} from "@tanstack/react-router"
import { useSession } from "../session"
import { Empty, Refused, Waiting } from "../states"
import { defineWords, useWords } from "../words"
import type { Area } from "./area"
import { Go } from "./go"

const words = defineWords({
  en: {
    lost: "There is nothing at this address",
    lostBody: "The link may be old, or a letter is missing.",
    home: "Go to the start page",
    forbidden: "This page needs a right you do not have",
    forbiddenBody: "Ask whoever manages staff here for {grant}.",
  },
  zh: {
    lost: "这个地址没有内容",
    lostBody: "链接可能已失效，或缺了字符。",
    home: "返回首页",
    forbidden: "您没有访问此页的权限",
    forbiddenBody: "请联系员工管理员开通 {grant}。",
  },
})

export function routerOf(basepath: string, areas: Area[], Layout: RouteComponent) {
  const root = createRootRoute({ component: Layout, notFoundComponent: Lost, errorComponent: Failed })
  const routes = areas.flatMap((area) =>
    area.pages.map((page) => {
      const Page = lazyRouteComponent(page.load)
      return createRoute({
        getParentRoute: () => root,
        path: page.path,
        component: () => <Guard needs={page.needs} Page={Page} />,
        loader: () => Page.preload?.(),
        pendingComponent: Waiting,
      })
    }),
  )
  return createRouter({
    routeTree: root.addChildren(routes),
    basepath,
    defaultPreload: "intent",
    scrollRestoration: true,
    // Filters are text, and stay as they were typed: ?sku=007 is not the number seven.
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: (search) => {
      const text = new URLSearchParams(
        Object.entries(search).filter(([, value]) => value !== undefined) as [string, string][],
      ).toString()
      return text ? `?${text}` : ""
    },
  })
}

/** A page, for those who may see it. */
function Guard({ needs, Page }: { needs?: string; Page: AsyncRouteComponent<object> }) {
  const t = useWords(words)
  const { may } = useSession()
  if (needs && !may(needs)) return <Empty title={t("forbidden")} body={t("forbiddenBody", { grant: needs })} />
  return <Page />
}

function Lost() {
  const t = useWords(words)
  return <Empty title={t("lost")} body={t("lostBody")} action={<Go to="/">{t("home")}</Go>} />
}

function Failed({ error, reset }: { error: unknown; reset: () => void }) {
  return <Refused error={error} retry={reset} />
}
