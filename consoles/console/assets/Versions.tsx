/** Versions of terms: what holds, what comes, what is over. A change is a new version. */

import { Time } from "@kit/format"
import { Facts, RecordPage, Status } from "@kit/record"
import { useSession } from "@kit/session"
import { Answer, Empty } from "@kit/states"
import { useWords } from "@kit/words"
import { Button, DatePicker, Drawer, Form, type FormInstance, Input } from "antd"
import type { Dayjs } from "dayjs"
import { type ComponentProps, type ReactNode, useState } from "react"
import "./assets.css"
import { Tabs } from "./Tabs"
import { words } from "./words"

interface Version<T> {
  version: number
  state: "in_force" | "announced" | "over"
  valid_from: string
  terms: T
}

/** What every form of terms asks besides: from when they hold. */
export interface Begins {
  valid_from?: Dayjs
}

const STATES = { in_force: "inForce", announced: "announced", over: "over" } as const
const TONES = { in_force: "good", announced: "busy", over: "quiet" } as const

export function TermsPage<T>(props: {
  here: ComponentProps<typeof Tabs>["here"]
  title: string
  lead: string
  empty: { title: string; body: string }
  seen: ComponentProps<typeof Answer<{ versions: Version<T>[] }>>["of"]
  facts: (terms: T) => [ReactNode, ReactNode][]
  editor: (latest: T | undefined, close: () => void) => ReactNode
}) {
  const t = useWords(words)
  const { may } = useSession()
  const [writing, write] = useState(false)
  const begin = may("asset:write") ? (
    <Button type="primary" onClick={() => write(true)}>
      {t("newVersion")}
    </Button>
  ) : null
  return (
    <>
      <Tabs here={props.here} />
      <RecordPage title={props.title} lead={props.lead} actions={props.seen.data?.versions.length ? begin : null}>
        <Answer of={props.seen}>
          {({ versions }) => (
            <div className="assets-terms">
              {versions.length === 0 ? <Empty {...props.empty} action={begin} /> : null}
              {versions.map((one) => (
                <section key={one.version} className={one.state === "over" ? "assets-version over" : "assets-version"}>
                  <header>
                    <h2>{t("version", { n: one.version })}</h2>
                    <Status tone={TONES[one.state]}>{t(STATES[one.state])}</Status>
                    <span className="spring" />
                    <span className="muted">
                      {t("since")} <Time at={one.valid_from} exact />
                    </span>
                  </header>
                  <Facts facts={props.facts(one.terms)} />
                </section>
              ))}
              {writing ? props.editor(versions[0]?.terms, () => write(false)) : null}
            </div>
          )}
        </Answer>
      </RecordPage>
    </>
  )
}

/** The form of a new version. `children` are the terms; who bears them and when they begin are asked of all. */
export function TermsDrawer<F extends object>(props: {
  form: FormInstance<F & Begins>
  fields: F
  busy: boolean
  publish: (fields: F & Begins) => void
  close: () => void
  children: ReactNode
}) {
  const t = useWords(words)
  const { form } = props
  return (
    <Drawer
      open
      title={t("newVersion")}
      size={560}
      onClose={props.close}
      extra={
        <Button type="primary" loading={props.busy} onClick={() => form.submit()}>
          {t("publish")}
        </Button>
      }
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={props.fields}
        onFinish={(one) => props.publish(one)}
      >
        {props.children}
        <div className="assets-fields">
          <Form.Item name="funder" label={t("funder")} rules={[{ required: true, message: t("required") }]}>
            <Input maxLength={64} />
          </Form.Item>
          <Form.Item name="valid_from" label={t("begins")} extra={t("beginsNow")}>
            <DatePicker showTime style={{ width: "100%" }} />
          </Form.Item>
        </div>
      </Form>
    </Drawer>
  )
}
