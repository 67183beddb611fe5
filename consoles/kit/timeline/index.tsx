/** What happened, newest first: people's comments between the system's events, each with who and when. */

import { Button, Input } from "antd"
import { type ReactNode, useState } from "react"
import { Time } from "../format"
import { defineWords, useWords } from "../words"
import "./timeline.css"

const words = defineWords({
  en: {
    title: "Timeline",
    comment: "Write a comment. Only colleagues see it.",
    post: "Post comment",
    more: "Show older",
    none: "Nothing has happened yet.",
  },
  zh: { title: "时间线", comment: "写备注，仅同事可见", post: "发表备注", more: "查看更早", none: "暂无动态" },
})

export interface Happening {
  key: string
  at: string
  who?: ReactNode
  /** What happened, in one sentence. */
  what: ReactNode
  /** Said by a person: shown as their words. */
  comment?: string
  detail?: ReactNode
  tone?: "good" | "bad" | "warn"
}

export function Timeline(props: {
  happenings: Happening[]
  onComment?: (text: string) => Promise<unknown>
  onMore?: () => void
}) {
  const t = useWords(words)
  const [text, write] = useState("")
  const [busy, setBusy] = useState(false)
  const { onComment } = props

  async function post() {
    if (!onComment || !text.trim()) return
    setBusy(true)
    try {
      await onComment(text.trim())
      write("")
    } finally {
      setBusy(false)
    }
  }

  return (
    <section className="timeline" aria-label={t("title")}>
      <h2>{t("title")}</h2>
      {onComment ? (
        <form
          className="timeline-new"
          onSubmit={(event) => {
            event.preventDefault()
            void post()
          }}
        >
          <Input.TextArea
            value={text}
            autoSize={{ minRows: 2, maxRows: 8 }}
            maxLength={2000}
            placeholder={t("comment")}
            aria-label={t("comment")}
            onChange={(event) => write(event.target.value)}
            onPressEnter={(event) => {
              if (event.ctrlKey || event.metaKey) void post()
            }}
          />
          {text.trim() ? (
            <Button size="small" type="primary" htmlType="submit" loading={busy}>
              {t("post")}
            </Button>
          ) : null}
        </form>
      ) : null}
      {props.happenings.length === 0 ? <p className="muted">{t("none")}</p> : null}
      <ol>
        {props.happenings.map((one) => (
          <li key={one.key} className={`${one.comment ? "said" : ""} ${one.tone ?? ""}`}>
            <div className="timeline-what">{one.what}</div>
            {one.comment ? <blockquote>{one.comment}</blockquote> : null}
            {one.detail ? <div className="timeline-detail muted">{one.detail}</div> : null}
            <div className="timeline-when muted">
              {one.who ? <>{one.who} · </> : null}
              <Time at={one.at} />
            </div>
          </li>
        ))}
      </ol>
      {props.onMore ? (
        <Button type="link" size="small" onClick={props.onMore}>
          {t("more")}
        </Button>
      ) : null}
    </section>
  )
}
