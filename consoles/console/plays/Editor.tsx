/** One rule of sale: what it says now, and what it is to say. A draft until it is published; then a change is the next version. */

import { send, useAct } from "@kit/api/act"
import { fetcher } from "@kit/api/client"
import { PageForm } from "@kit/form"
import { Time } from "@kit/format"
import { RecordPage, Section, Status, type Tone } from "@kit/record"
import { useSession } from "@kit/session"
import { useGo } from "@kit/shell/go"
import { Answer } from "@kit/states"
import { useLocale, useWords } from "@kit/words"
import { useQuery } from "@tanstack/react-query"
import { Button, Form, type FormInstance, Input, Modal, Select } from "antd"
import dayjs, { type Dayjs } from "dayjs"
import { type ReactNode, useState } from "react"
import { choices, type Named, useAll } from "../products/catalog"
import { words } from "./gate.words"
import "./plays.css"

export interface Version {
  code: string
  version: number
  state: "draft" | "published" | "ended"
  in_force: number | null
  made_by: string
  made_at: string
  published_at: string | null
  ended_at: string | null
}

/** The kinds of plays, as in the address. */
export type Kind = "flash-sales" | "limits" | "restrictions" | "reservations" | "presales" | "group-buys"

export interface Named2 {
  name: string
  name_zh?: string
}

export interface EditorProps<V extends Version> {
  kind: Kind
  title: string
  newTitle: string
  now: V | null
  /** What the form begins with; times are dayjs. */
  initial: object
  what: (version: V) => Named2
  /** What is typed, as the API takes it; without it, as it is. */
  body?: (values: never) => object
  children: (form: FormInstance) => ReactNode
  /** How far it has come; above the form. */
  live?: ReactNode
  more?: ReactNode
}

const CODE = /^[A-Za-z0-9._-]{1,40}$/

export function Editor<V extends Version>(props: EditorProps<V>) {
  const { kind, now } = props
  const t = useWords(words)
  const locale = useLocale()
  const go = useGo()
  const { may } = useSession()
  const [form] = Form.useForm()
  const [ending, ask] = useState(false)
  const path = `/v1/${kind}` as "/v1/limits"
  const refresh = [path, "/v1/plays"]
  const named = now ? props.what(now) : null
  const save = useAct(
    (_key, values: Record<string, unknown>) => {
      const { code, ...body } = values
      return send(
        fetcher.PUT(`${path}/{code}`, {
          params: { path: { code: now?.code ?? String(code) } },
          body: plain(props.body ? props.body(body as never) : body) as never,
        }),
      )
    },
    { said: t("saved"), refresh, form, then: (done) => go(`/plays/${kind}/${encodeURIComponent(done.code)}`) },
  )
  const turn = useAct(
    (key, to: "publish" | "end") =>
      send(
        fetcher.POST(`${path}/{code}/${to}` as "/v1/limits/{code}/publish", {
          params: { path: { code: now?.code ?? "" }, header: { "Idempotency-Key": key } } as never,
        }),
      ),
    { said: (done) => t(done.state === "ended" ? "ended" : "published"), refresh, form },
  )
  const needed = [{ required: true, whitespace: true, message: t("required") }]
  const fixed = !may("promotion:write")
  return (
    <RecordPage
      title={named ? (locale === "zh" && named.name_zh) || named.name : props.newTitle}
      back={{ to: `/plays/${kind}`, label: props.title }}
      lead={now ? <span className="mono">{`${now.code}@${now.version}`}</span> : undefined}
      status={now ? <StateOf of={now} /> : undefined}
      actions={
        now && may("promotion:publish") ? (
          <>
            {now.in_force ? <Button onClick={() => ask(true)}>{t("end")}</Button> : null}
            {now.state === "draft" ? (
              <Button type="primary" loading={turn.isPending} onClick={() => turn.mutate("publish")}>
                {t("publish", { version: now.version })}
              </Button>
            ) : null}
          </>
        ) : undefined
      }
    >
      {props.live}
      {now?.in_force ? (
        <p className="play-note">
          {t("inForceIs", {
            version: now.in_force,
            next: now.state === "draft" ? now.version : now.version + 1,
          })}
        </p>
      ) : null}
      <PageForm
        key={now ? `${now.version} ${now.made_at}` : "new"}
        form={form}
        className="play-form"
        disabled={fixed}
        initialValues={props.initial}
        onFinish={(values) => save.mutateAsync(values as Record<string, unknown>).catch(() => {})}
      >
        <Section title={t("basics")}>
          <div className="play-two">
            <Form.Item name="name" label={t("name")} rules={needed}>
              <Input autoFocus={!now} maxLength={120} />
            </Form.Item>
            <Form.Item name="name_zh" label={t("nameZh")}>
              <Input maxLength={120} />
            </Form.Item>
          </div>
          {now ? null : (
            <Form.Item
              name="code"
              label={t("code")}
              extra={t("codeHint")}
              rules={[...needed, { pattern: CODE, message: t("badCode") }]}
            >
              <Input className="mono" maxLength={40} />
            </Form.Item>
          )}
        </Section>
        {props.children(form)}
        {fixed ? null : (
          <Button type={now?.state === "draft" ? "default" : "primary"} htmlType="submit" loading={save.isPending}>
            {t("save")}
          </Button>
        )}
      </PageForm>
      {props.more}
      {now ? <Versions kind={kind} code={now.code} /> : null}
      <Modal
        open={ending}
        title={t("endTitle")}
        okText={t("end")}
        cancelText={t("cancel")}
        okButtonProps={{ danger: true, loading: turn.isPending }}
        onCancel={() => ask(false)}
        onOk={() => turn.mutate("end", { onSettled: () => ask(false) })}
      >
        {t("endBody")}
      </Modal>
    </RecordPage>
  )
}

const TONES: Record<Version["state"], Tone> = { draft: "busy", published: "good", ended: "quiet" }

/** How a rule stands: a published one with a draft beside it says both. */
export function StateOf({ of }: { of: Version }) {
  const t = useWords(words)
  if (of.state === "draft" && of.in_force) return <Status tone="good">{t("draftOver")}</Status>
  return <Status tone={TONES[of.state]}>{t(`state.${of.state}`)}</Status>
}

/** When something stands, as people say it. */
export function When({ from, to }: { from?: string | null; to?: string | null }) {
  const t = useWords(words)
  if (!from && !to) return <span className="muted">{t("always")}</span>
  return (
    <span className="play-when">
      {from ? <Time at={from} exact /> : "…"}
      <span className="muted"> – </span>
      {to ? <Time at={to} exact /> : <span className="muted">{t("openEnd")}</span>}
    </span>
  )
}

function Versions({ kind, code }: { kind: string; code: string }) {
  const t = useWords(words)
  const path = `/v1/${kind}/{code}/versions` as "/v1/limits/{code}/versions"
  const asked = useQuery({
    queryKey: ["get", `/v1/${kind}`, code, "versions"],
    queryFn: () => send(fetcher.GET(path, { params: { path: { code } } })),
  })
  return (
    <Section title={t("versions")}>
      <Answer of={asked} rows={2}>
        {(told) => (
          <ul className="play-versions">
            {(told.items as unknown as Version[]).map((one) => (
              <li key={one.version}>
                <strong>{t("version", { version: one.version })}</strong>
                <Status tone={TONES[one.state]}>{t(`state.${one.state}`)}</Status>
                <span className="muted">
                  <Time at={one.published_at ?? one.made_at} exact />
                </span>
                <span className="muted mono">{t("by", { who: one.made_by })}</span>
              </li>
            ))}
          </ul>
        )}
      </Answer>
    </Section>
  )
}

/** Codes typed or pasted, with commas, spaces and line ends between them. */
export function CodesInput({
  hint,
  ...rest
}: {
  hint?: string
  value?: string[]
  onChange?: (codes: string[]) => void
}) {
  return (
    <Select
      {...rest}
      mode="tags"
      open={false}
      suffixIcon={null}
      placeholder={hint}
      tokenSeparators={[",", " ", "\n", "，", "、"]}
    />
  )
}

export function ChannelsItem({ name = "channels", label }: { name?: string; label?: string }) {
  const t = useWords(words)
  const channels = useAll<Named>("/v1/channels")
  return (
    <Form.Item name={name} label={label ?? t("channels")}>
      <Select mode="multiple" options={choices(channels)} placeholder={t("everywhere")} optionFilterProp="label" />
    </Form.Item>
  )
}

const CURRENCIES = ["CNY", "USD", "EUR", "HKD", "JPY", "GBP", "SGD", "TWD", "KRW"]

export function CurrencyItem() {
  const t = useWords(words)
  return (
    <Form.Item name="currency" label={t("currency")} rules={[{ required: true, message: t("required") }]}>
      <Select options={CURRENCIES.map((value) => ({ value, label: value }))} showSearch />
    </Form.Item>
  )
}

/** Which goods a rule is about. */
export function GoodsItems() {
  const t = useWords(words)
  const categories = useAll<Named>("/v1/categories")
  const brands = useAll<Named>("/v1/brands")
  return (
    <>
      <p className="muted">{t("goodsHelp")}</p>
      <Form.Item name={["goods", "skus"]} label={t("skus")}>
        <CodesInput hint={t("skusHint")} />
      </Form.Item>
      <div className="play-two">
        <Form.Item name={["goods", "categories"]} label={t("categories")}>
          <Select mode="multiple" options={choices(categories)} placeholder={t("allGoods")} optionFilterProp="label" />
        </Form.Item>
        <Form.Item name={["goods", "brands"]} label={t("brands")}>
          <Select mode="multiple" options={choices(brands)} placeholder={t("allGoods")} optionFilterProp="label" />
        </Form.Item>
      </div>
    </>
  )
}

/** Form values as the API takes them: instants as text, what is empty left out. */
export function plain(value: unknown): unknown {
  if (dayjs.isDayjs(value)) return value.toISOString()
  if (Array.isArray(value)) return value.map(plain)
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, one]) => one !== undefined && one !== null && one !== "")
        .map(([key, one]) => [key, plain(one)]),
    )
  }
  return value
}

/** Two instants of the API for a range picker. */
export function span(from?: string | null, to?: string | null): [Dayjs, Dayjs] | undefined {
  return from && to ? [dayjs(from), dayjs(to)] : undefined
}

/** An instant of the API for a date picker. */
export function instant(at: string | null | undefined): Dayjs | undefined {
  return at ? dayjs(at) : undefined
}
