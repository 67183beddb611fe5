/** What both lists of plays show in the same way. */

import { PlusOutlined } from "@ant-design/icons"
import { Time } from "@kit/format"
import { useSession } from "@kit/session"
import { useGo } from "@kit/shell/go"
import { useLocale, useWords } from "@kit/words"
import { Button } from "antd"
import { words } from "./words"

/** A play's name in the reader's language, with its code below. */
export function Named({ name, nameZh, code }: { name: string; nameZh?: string; code: string }) {
  const locale = useLocale()
  return (
    <span className="bought-named">
      <strong className="cut">{(locale === "zh" && nameZh) || name}</strong>{" "}
      <small className="muted mono">{code}</small>
    </span>
  )
}

export function Window({ from, to }: { from: string; to: string }) {
  return (
    <span className="muted">
      <Time at={from} /> – <Time at={to} />
    </span>
  )
}

/** The way to a new one, for whoever may make one. */
export function New({ to, title }: { to: string; title: string }) {
  const { may } = useSession()
  const go = useGo()
  if (!may("promotion:write")) return null
  return (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => go(to)}>
      {title}
    </Button>
  )
}

export function useStates() {
  const t = useWords(words)
  return (["draft", "published", "ended"] as const).map((value) => ({ value, label: t(value) }))
}
