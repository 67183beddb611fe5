/** The frame of the console: the menu by what one may see, the palette, and the page. */

import {
  LogoutOutlined,
  MenuFoldOutlined,
  MenuUnfoldOutlined,
  SearchOutlined,
  SettingOutlined,
  UserOutlined,
} from "@ant-design/icons"
import { Mark, Wordmark } from "@kit/brand"
import { type Entry, openPalette, Palette } from "@kit/palette"
import { useSession } from "@kit/session"
import { GROUPS, type MenuEntry } from "@kit/shell/area"
import { Go, useGo } from "@kit/shell/go"
import { TasksButton } from "@kit/tasks"
import { preference } from "@kit/theme/preference"
import { locale, useLocale, useWords } from "@kit/words"
import { Outlet, useLocation } from "@tanstack/react-router"
import { Button, Dropdown } from "antd"
import { useMemo, useState } from "react"
import { areas } from "./areas"
import { useFound, useRecent } from "./find"
import "./layout.css"
import { words } from "./words"

const FOLDED = "jiutong.menu.folded"

export function Layout() {
  const t = useWords(words)
  const now = useLocale()
  const { me, may, signOut } = useSession()
  const go = useGo()
  const here = useLocation().pathname
  const [folded, fold] = useState(() => localStorage.getItem(FOLDED) === "yes")
  const menu = useMemo(
    () =>
      areas
        .flatMap((area) => area.menu)
        .filter((entry) => may(entry.needs ?? ""))
        .sort((a, b) => a.order - b.order),
    [may],
  )
  const current = menu.filter((entry) => inside(here, entry.path)).sort((a, b) => b.path.length - a.path.length)[0]

  const recent = useRecent()
  const pages = useMemo<Entry[]>(
    () =>
      menu.map((entry) => ({
        key: `page ${entry.path}`,
        kind: t("page"),
        title: entry.title[now],
        icon: entry.icon,
        text: `${entry.title.en} ${entry.title.zh} ${entry.also ?? ""}`,
        go: () => go(entry.path),
      })),
    [menu, now, t, go],
  )
  const commands = useMemo<Entry[]>(() => {
    const command = (title: string, text: string, run: () => void): Entry => ({
      key: `command ${text}`,
      kind: t("command"),
      title,
      text: `${title} ${text}`,
      go: run,
    })
    return [
      command(t("theme"), "dark light theme", () =>
        preference.chooseTheme(preference.shown() === "dark" ? "light" : "dark"),
      ),
      command(t("language"), "language chinese english 语言", () => locale.choose(now === "zh" ? "en" : "zh")),
      command(t("density"), "compact density rows", () =>
        preference.chooseDensity(preference.density() === "compact" ? "comfortable" : "compact"),
      ),
      command(t("signOut"), "sign out logout", () => void signOut()),
    ]
  }, [t, now, signOut])

  return (
    <div className={folded ? "frame folded" : "frame"}>
      <a href="#main" className="skip">
        {t("skip")}
      </a>
      <nav className="side" aria-label={t("menu")}>
        <div className="side-brand">
          <Go to="/">{folded ? <Mark size={26} /> : <Wordmark size={24} />}</Go>
        </div>
        <button type="button" className="side-find" onClick={openPalette} title={t("find")}>
          <SearchOutlined aria-hidden="true" />
          {folded ? (
            <span className="sr-only">{t("find")}</span>
          ) : (
            <>
              <span>{t("find")}</span>
              <kbd>Ctrl K</kbd>
            </>
          )}
        </button>
        <div className="side-menu">
          {GROUPS.map((group) => {
            const entries = menu.filter((entry) => entry.group === group)
            if (!entries.length) return null
            const name = t(`group.${group}`)
            return (
              <div key={group} className="side-group">
                {name && !folded ? <h2>{name}</h2> : null}
                {entries.map((entry) => (
                  <Item
                    key={entry.path}
                    entry={entry}
                    current={entry === current}
                    folded={folded}
                    title={entry.title[now]}
                  />
                ))}
              </div>
            )
          })}
        </div>
        <div className="side-foot">
          <Dropdown
            trigger={["click"]}
            placement="topLeft"
            menu={{
              items: [
                { key: "settings", icon: <SettingOutlined />, label: t("settings"), onClick: () => go("/settings") },
                { key: "out", icon: <LogoutOutlined />, label: t("signOut"), onClick: () => void signOut() },
              ],
            }}
          >
            <Button type="text" icon={<UserOutlined />} aria-label={me.name || me.login || me.actor}>
              {folded ? null : me.name || me.login || me.actor}
            </Button>
          </Dropdown>
          <TasksButton />
          <Button
            type="text"
            icon={folded ? <MenuUnfoldOutlined /> : <MenuFoldOutlined />}
            aria-label={folded ? t("unfold") : t("fold")}
            title={folded ? t("unfold") : t("fold")}
            onClick={() => {
              localStorage.setItem(FOLDED, folded ? "no" : "yes")
              fold(!folded)
            }}
          />
        </div>
      </nav>
      <main id="main" className="main" tabIndex={-1}>
        <Outlet />
      </main>
      <Palette pages={pages} commands={commands} recent={recent} useFound={useFound} />
    </div>
  )
}

function inside(here: string, path: string): boolean {
  return path === "/" ? here === "/" : here === path || here.startsWith(`${path}/`)
}

function Item({
  entry,
  current,
  folded,
  title,
}: {
  entry: MenuEntry
  current: boolean
  folded: boolean
  title: string
}) {
  return (
    <Go to={entry.path} className={current ? "side-item current" : "side-item"} title={folded ? title : undefined}>
      <span aria-hidden="true">{entry.icon}</span>
      <span className={folded ? "sr-only" : undefined}>{title}</span>
    </Go>
  )
}
