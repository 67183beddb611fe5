/** The page of one thing: its name, how it stands and what can be done; facts on the left, what happened on the right. */

import { ArrowLeftOutlined, EllipsisOutlined } from "@ant-design/icons"
import { Button, Dropdown, type MenuProps } from "antd"
import { type ReactNode, useEffect } from "react"
import { Go } from "../shell/go"
import { defineWords, useWords } from "../words"
import "./record.css"

const words = defineWords({
  en: { more: "More actions" },
  zh: { more: "更多操作" },
})

export type Tone = "good" | "busy" | "warn" | "bad" | "quiet"

/** How a thing stands: a small word with a dot, never color alone. */
export function Status({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={`status ${tone}`}>
      <i aria-hidden="true" />
      {children}
    </span>
  )
}

export interface RecordPageProps {
  title: ReactNode
  /** What the browser tab says; the title itself when it is text. */
  tab?: string
  back?: { to: string; label: string }
  status?: ReactNode
  /** The one or two things most people come here to do. */
  actions?: ReactNode
  more?: MenuProps["items"]
  /** One line under the title: when, where, by whom. */
  lead?: ReactNode
  children: ReactNode
  aside?: ReactNode
}

export function RecordPage(props: RecordPageProps) {
  const t = useWords(words)
  const tab = props.tab ?? (typeof props.title === "string" ? props.title : undefined)
  useTitle(tab)
  return (
    <article className={props.aside ? "record with-aside" : "record"}>
      <header className="record-title">
        {props.back ? (
          <Go to={props.back.to} className="record-back">
            <ArrowLeftOutlined aria-hidden="true" /> {props.back.label}
          </Go>
        ) : null}
        <div className="record-line">
          <h1>{props.title}</h1>
          {props.status}
          <span className="spring" />
          {props.actions}
          {props.more?.length ? (
            <Dropdown trigger={["click"]} placement="bottomRight" menu={{ items: props.more }}>
              <Button icon={<EllipsisOutlined />} aria-label={t("more")} />
            </Dropdown>
          ) : null}
        </div>
        {props.lead ? <div className="record-lead muted">{props.lead}</div> : null}
      </header>
      <div className="record-body">{props.children}</div>
      {props.aside ? <aside className="record-aside">{props.aside}</aside> : null}
    </article>
  )
}

/** The title of the browser tab. */
export function useTitle(title: string | undefined): void {
  useEffect(() => {
    if (title) document.title = `${title} · jiutong`
  }, [title])
}

/** A part of a record page, with its own small heading. */
export function Section({ title, extra, children }: { title: ReactNode; extra?: ReactNode; children: ReactNode }) {
  return (
    <section className="section">
      <header>
        <h2>{title}</h2>
        {extra}
      </header>
      {children}
    </section>
  )
}

/** Name and value pairs, two or three beside each other where there is room. Empty ones are left out. */
export function Facts({ facts }: { facts: [ReactNode, ReactNode][] }) {
  return (
    <dl className="facts">
      {facts
        .filter(([, value]) => value !== null && value !== undefined && value !== "")
        .map(([name, value], index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: facts do not move
          <div key={index}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  )
}
