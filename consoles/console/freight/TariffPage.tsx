/** The frame of a tariff's page, be it a freight template or a fee: draft, publish, end, and its versions below. */

import type { TariffView } from "@kit/api/schema.gen"
import { PageForm } from "@kit/form"
import { RecordPage } from "@kit/record"
import { useSession } from "@kit/session"
import { useGo } from "@kit/shell/go"
import { useWords } from "@kit/words"
import { Button, Form, type FormInstance, Input, Select } from "antd"
import type { ReactNode } from "react"
import { choices, type Named } from "../products/catalog"
import { standings, useMoves, Versions } from "./acts"
import "./freight.css"
import { Standing } from "./Tariffs"
import { words } from "./words"

interface TariffPageProps<Fields extends { code: string }> {
  of: "freight" | "fee"
  now: TariffView | null
  title: string
  /** What is said under the title of a new one. */
  lead: string
  form: FormInstance<Fields>
  initial: Fields
  put: { mutateAsync: (fields: Fields) => Promise<{ code: string }>; isPending: boolean }
  sellers: Named[]
  aside: ReactNode
  children: ReactNode
}

export function TariffPage<Fields extends { code: string }>(props: TariffPageProps<Fields>) {
  const { of, now, form, initial, put } = props
  const t = useWords(words)
  const go = useGo()
  const { may } = useSession()
  const state = standings(now)
  const { publish, askEnd } = useMoves(of, now?.code ?? "")
  const fixed = !may("freight:write")
  const top = now?.versions[0]
  const list = of === "freight" ? { to: "/freight", label: t("templates") } : { to: "/freight/fees", label: t("fees") }
  return (
    <RecordPage
      title={props.title}
      back={list}
      lead={now ? <span className="mono">{now.code}</span> : props.lead}
      status={now ? <Standing of={state} /> : undefined}
      actions={
        <>
          {fixed ? null : (
            <Button
              onClick={() => form.submit()}
              loading={put.isPending}
              type={state.draft === null ? "primary" : "default"}
            >
              {t("saveDraft")}
            </Button>
          )}
          {state.draft !== null && may("freight:publish") ? (
            <Button type="primary" loading={publish.isPending} onClick={() => publish.mutate(undefined)}>
              {t("publish", { version: state.draft })}
            </Button>
          ) : null}
        </>
      }
      more={
        state.in_force !== null && may("freight:publish")
          ? [{ key: "end", danger: true, label: t("endNow"), onClick: askEnd }]
          : undefined
      }
      aside={props.aside}
    >
      <PageForm<Fields>
        key={top ? `${top.version} ${top.state}` : "new"}
        form={form}
        disabled={fixed}
        initialValues={initial}
        onFinish={async (fields) => {
          const done = await put
            .mutateAsync({ ...initial, ...fields, code: now?.code ?? fields.code })
            .catch(() => null)
          if (done && !now)
            go(`${of === "freight" ? "/freight/templates" : "/freight/fees"}/${encodeURIComponent(done.code)}`)
        }}
      >
        <Naming now={now !== null} sellers={props.sellers} />
        {props.children}
      </PageForm>
      {now ? <Versions of={now} /> : null}
    </RecordPage>
  )
}

function Naming({ now, sellers }: { now: boolean; sellers: Named[] }) {
  const t = useWords(words)
  const needed = [{ required: true, whitespace: true, message: t("required") }]
  return (
    <div className="freight-fields">
      <Form.Item name="name" label={t("name")} rules={needed}>
        <Input maxLength={100} autoFocus={!now} autoComplete="off" />
      </Form.Item>
      <Form.Item name="name_zh" label={t("nameZh")}>
        <Input maxLength={100} autoComplete="off" />
      </Form.Item>
      {now ? null : (
        <>
          <Form.Item
            name="code"
            label={t("code")}
            rules={[...needed, { pattern: /^(?!new$)[^\s/@:]{1,64}$/, message: t("badCode") }]}
          >
            <Input className="mono" maxLength={64} autoCapitalize="none" autoComplete="off" />
          </Form.Item>
          <Form.Item name="seller" label={t("seller")} rules={needed}>
            <Select options={choices(sellers)} />
          </Form.Item>
          <Form.Item name="currency" label={t("currency")} rules={needed}>
            <Select options={CURRENCIES.map((value) => ({ value, label: value }))} showSearch />
          </Form.Item>
        </>
      )}
    </div>
  )
}

const CURRENCIES = ["CNY", "USD", "EUR", "HKD", "JPY", "GBP", "SGD", "TWD", "KRW"]

export function SplitField() {
  const t = useWords(words)
  return (
    <Form.Item name="split" label={t("split")} extra={t("splitHelp")}>
      <Select
        options={(["amount", "pieces", "weight", "volume"] as const).map((value) => ({
          value,
          label: t(`split_${value}`),
        }))}
      />
    </Form.Item>
  )
}
