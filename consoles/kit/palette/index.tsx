/** Ctrl/⌘+K: every page, every record and every command, from the keyboard. */

import { SearchOutlined } from "@ant-design/icons"
import { Modal } from "antd"
import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useId, useMemo, useState } from "react"
import { defineWords, useWords } from "../words"
import "./palette.css"

const words = defineWords({
  en: {
    hint: "Order, phone, barcode, SKU, page… or > for commands",
    none: "Nothing found for “{typed}”",
    searching: "Searching…",
    title: "Find anything",
    keys: "↑ ↓ to move · Enter to open · > for commands · Esc to close",
    recent: "Recently opened",
    found: "Found",
    pages: "Pages",
    commands: "Commands",
  },
  zh: {
    hint: "订单号、手机号、条码、SKU、页面……输入 > 执行命令",
    none: "没有找到“{typed}”",
    searching: "搜索中…",
    title: "全局查找",
    keys: "↑ ↓ 移动 · Enter 打开 · > 执行命令 · Esc 关闭",
    recent: "最近打开",
    found: "查找结果",
    pages: "页面",
    commands: "命令",
  },
})

export interface Entry {
  key: string
  title: ReactNode
  subtitle?: ReactNode
  /** What sort of thing it is, in a word. */
  kind: string
  icon?: ReactNode
  /** Text that typed words are looked up in. */
  text?: string
  go: () => void
}

interface Part {
  name: "recent" | "found" | "pages" | "commands"
  entries: Entry[]
}

export interface PaletteProps {
  pages: Entry[]
  commands: Entry[]
  /** What was opened last, shown before anything is typed. */
  recent?: Entry[]
  /** Records that fit what was typed, with whether they are still being looked for. */
  useFound: (typed: string) => { entries: Entry[]; searching: boolean }
}

const NONE: Entry[] = []

export function Palette({ pages, commands, recent = NONE, useFound }: PaletteProps) {
  const t = useWords(words)
  const id = useId()
  const [open, setOpen] = useState(false)
  const [typed, type] = useState("")
  const [at, setAt] = useState(0)
  const wanted = typed.trim()
  const { entries: found, searching } = useFound(open && !wanted.startsWith(">") ? wanted : "")
  useEffect(() => {
    function press(event: globalThis.KeyboardEvent) {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return
      event.preventDefault()
      setOpen((before) => !before)
    }
    const ask = () => setOpen(true)
    addEventListener("keydown", press)
    addEventListener(OPEN, ask)
    return () => {
      removeEventListener("keydown", press)
      removeEventListener(OPEN, ask)
    }
  }, [])
  const parts = useMemo<Part[]>(() => {
    const shown: Part[] = wanted.startsWith(">")
      ? [{ name: "commands", entries: matching(commands, wanted.slice(1)) }]
      : wanted
        ? [
            { name: "found", entries: found },
            { name: "pages", entries: matching(pages, wanted) },
            { name: "commands", entries: matching(commands, wanted) },
          ]
        : [
            { name: "recent", entries: recent },
            { name: "pages", entries: pages },
          ]
    return shown.filter((part) => part.entries.length)
  }, [wanted, found, pages, commands, recent])
  const entries = useMemo(() => parts.flatMap((part) => part.entries), [parts])
  // Enter may come before the answer: whoever scans a number and confirms at once means what will be found.
  const [eager, hurry] = useState(false)

  const choose = useCallback((entry: Entry | undefined) => {
    if (!entry) return
    setOpen(false)
    entry.go()
  }, [])
  useEffect(() => {
    if (open) return
    type("")
    setAt(0)
    hurry(false)
  }, [open])
  useEffect(() => {
    if (!eager || searching) return
    hurry(false)
    choose(entries[0])
  }, [eager, searching, entries, choose])

  function press(event: KeyboardEvent) {
    if (event.key === "ArrowDown") setAt(Math.min(at + 1, entries.length - 1))
    else if (event.key === "ArrowUp") setAt(Math.max(at - 1, 0))
    else if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      if (searching && at === 0) hurry(true)
      else choose(entries[at])
    } else return
    event.preventDefault()
  }

  return (
    <Modal
      open={open}
      onCancel={() => setOpen(false)}
      footer={null}
      closable={false}
      width={640}
      style={{ top: 80 }}
      destroyOnHidden
      aria-label={t("title")}
    >
      <div className="palette">
        <div className="palette-box">
          <SearchOutlined aria-hidden="true" />
          <input
            // biome-ignore lint/a11y/noAutofocus: it was asked for with a key and is the only thing in the dialog
            autoFocus
            role="combobox"
            aria-expanded
            aria-controls={id}
            aria-activedescendant={entries[at] ? `${id}-${at}` : undefined}
            aria-label={t("hint")}
            placeholder={t("hint")}
            value={typed}
            onChange={(event) => {
              type(event.target.value)
              setAt(0)
              hurry(false)
            }}
            onKeyDown={press}
          />
        </div>
        <div id={id} role="listbox" aria-label={t("title")} className="palette-list" tabIndex={-1}>
          {parts.map((part) => (
            <div key={part.name} role="group" aria-label={t(part.name)}>
              <p className="palette-part" aria-hidden="true">
                {t(part.name)}
              </p>
              {part.entries.map((entry) => {
                const index = entries.indexOf(entry)
                return (
                  // biome-ignore lint/a11y/useKeyWithClickEvents: the box above answers the keyboard
                  <div
                    key={entry.key}
                    id={`${id}-${index}`}
                    role="option"
                    tabIndex={-1}
                    aria-selected={index === at}
                    className="palette-entry"
                    ref={index === at ? seen : undefined}
                    onMouseMove={() => setAt(index)}
                    onClick={() => choose(entry)}
                  >
                    <span className="palette-icon" aria-hidden="true">
                      {entry.icon}
                    </span>
                    <span className="palette-title">{entry.title}</span>
                    {entry.subtitle ? <span className="palette-sub muted">{entry.subtitle}</span> : null}
                    <span className="palette-kind muted">{entry.kind}</span>
                  </div>
                )
              })}
            </div>
          ))}
        </div>
        {entries.length === 0 ? (
          <p className="palette-none muted">{searching ? t("searching") : t("none", { typed: wanted })}</p>
        ) : null}
        <footer className="palette-foot muted">{t("keys")}</footer>
      </div>
    </Modal>
  )
}

const OPEN = "jiutong:palette"

/** Opens the palette from a button. */
export function openPalette(): void {
  dispatchEvent(new Event(OPEN))
}

function seen(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: "nearest" })
}

/** Entries in whose text every typed word occurs. */
export function matching(entries: Entry[], typed: string): Entry[] {
  const parts = typed.toLowerCase().split(/\s+/).filter(Boolean)
  return entries.filter((entry) => {
    const text = (entry.text ?? (typeof entry.title === "string" ? entry.title : "")).toLowerCase()
    return parts.every((part) => text.includes(part))
  })
}
