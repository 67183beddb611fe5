/** What a page shows when it has nothing to show yet, nothing at all, or bad news. */

import { Button, Modal, Skeleton } from "antd"
import type { ReactNode } from "react"
import { type Problem, problemOf } from "../api/client"
import { defineWords, useWords } from "../words"
import { problemText } from "./problem"
import "./states.css"

export { problemText } from "./problem"

const words = defineWords({
  en: {
    again: "Try again",
    conflict: "Somebody changed this while you were editing",
    conflictBody: "Yours and theirs side by side. Keep what is right; nothing was overwritten.",
    field: "Field",
    mine: "Yours",
    theirs: "Theirs",
    keepMine: "Save mine over theirs",
    takeTheirs: "Take theirs",
    none: "empty",
  },
  zh: {
    again: "重试",
    conflict: "您编辑期间，他人已作修改",
    conflictBody: "左右对照，留下正确的一份。目前没有覆盖任何内容。",
    field: "字段",
    mine: "我的",
    theirs: "对方的",
    keepMine: "用我的覆盖",
    takeTheirs: "采用对方的",
    none: "空",
  },
})

/** Says what belongs here and the one next step. */
export function Empty({
  title,
  body,
  action,
  art,
}: {
  title: string
  body?: ReactNode
  action?: ReactNode
  art?: ReactNode
}) {
  return (
    <div className="state">
      {art}
      <h2>{title}</h2>
      {body ? <p>{body}</p> : null}
      {action}
    </div>
  )
}

/** Bad news in words, with the way out of it. Throws what is no refusal on to the error boundary. */
export function Refused({ error, retry }: { error: unknown; retry?: () => void }) {
  const t = useWords(words)
  const problem = problemOf(error)
  if (!problem) throw error
  const text = problemText(problem)
  return (
    <div className="state" role="alert">
      <h2>{text.title}</h2>
      {text.detail ? <p>{text.detail}</p> : null}
      {text.reference ? <p className="mono muted">{text.reference}</p> : null}
      {retry ? <Button onClick={retry}>{t("again")}</Button> : null}
    </div>
  )
}

/** The outline of a page that is on its way. */
export function Waiting({ rows = 6 }: { rows?: number }) {
  return (
    <div className="waiting" aria-busy="true">
      <Skeleton active paragraph={{ rows }} />
    </div>
  )
}

/** What a query has to show: its outline, its refusal, or its answer. */
export function Answer<T>(props: {
  of: { data?: T; error: unknown; isPending: boolean; refetch: () => unknown }
  rows?: number
  children: (data: T) => ReactNode
}) {
  const { of } = props
  if (of.data !== undefined) return props.children(of.data)
  if (of.isPending) return <Waiting rows={props.rows} />
  return <Refused error={of.error} retry={() => of.refetch()} />
}

export interface Difference {
  field: string
  mine: ReactNode
  theirs: ReactNode
}

/** A save that met a newer version (412 or 409): both side by side, and two honest ways on. */
export function Conflict(props: {
  open: boolean
  differences: Difference[]
  keepMine: () => void
  takeTheirs: () => void
}) {
  const t = useWords(words)
  return (
    <Modal
      open={props.open}
      title={t("conflict")}
      closable={false}
      width={720}
      footer={[
        <Button key="mine" danger onClick={props.keepMine}>
          {t("keepMine")}
        </Button>,
        <Button key="theirs" type="primary" onClick={props.takeTheirs}>
          {t("takeTheirs")}
        </Button>,
      ]}
    >
      <p className="muted">{t("conflictBody")}</p>
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t("field")}</th>
            <th scope="col">{t("mine")}</th>
            <th scope="col">{t("theirs")}</th>
          </tr>
        </thead>
        <tbody>
          {props.differences.map((one) => (
            <tr key={one.field}>
              <th scope="row">{one.field}</th>
              <td>{one.mine || <span className="muted">{t("none")}</span>}</td>
              <td>{one.theirs || <span className="muted">{t("none")}</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Modal>
  )
}

export function isConflict(problem: Problem): boolean {
  return problem.status === 412
}
