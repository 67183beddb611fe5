/** The form of a place: made under a code and a name of its own, changed from what was read, merged when somebody else was faster. */

import { useAct } from "@kit/api/act"
import { PageForm } from "@kit/form"
import { Conflict, isConflict } from "@kit/states"
import { useWords } from "@kit/words"
import { Button, Form, type FormInstance, Input } from "antd"
import { type ReactNode, useState } from "react"
import { words } from "./words"

export interface PlaceFormProps<Body extends object> {
  /** Null while it is being made. */
  now: (Body & { code: string; revision: number }) | null
  initial: Body
  /** What each field is called, for comparing two versions. */
  labels: Partial<Record<keyof Body & string, string>>
  put: (code: string, body: Body, revision: number | null) => Promise<{ code: string; revision: number }>
  read: (code: string) => Promise<Body & { revision: number }>
  refresh: string[]
  make: string
  fixed: boolean
  made: (code: string) => void
  children: (form: FormInstance<Body & { code: string }>) => ReactNode
}

export function PlaceForm<Body extends object>(props: PlaceFormProps<Body>) {
  type Fields = Body & { code: string }
  const t = useWords(words)
  const { now, labels } = props
  const [form] = Form.useForm<Fields>()
  const [theirs, setTheirs] = useState<{ now: Body & { revision: number }; mine: Body } | null>(null)
  const put = useAct(
    (_, { code, revision, ...body }: Fields & { revision: number | null }) =>
      props.put(code, body as unknown as Body, revision),
    {
      said: t("saved"),
      refresh: [...props.refresh, "/v1/setup", "/v1/audit"],
      form: form as FormInstance,
      refused: (problem) => {
        if (!isConflict(problem) || !now) return false
        void props.read(now.code).then((read) => {
          setTheirs({ now: read, mine: bodyOf(form.getFieldsValue(true) as Fields, props.initial) })
        })
        return true
      },
    },
  )
  return (
    <>
      <PageForm<Fields>
        key={now?.revision}
        form={form}
        className="form-narrow"
        disabled={props.fixed}
        initialValues={now ?? props.initial}
        onFinish={async (fields) => {
          const code = now?.code ?? fields.code
          const wish = { ...props.initial, ...fields, code, revision: now?.revision ?? null }
          const done = await put.mutateAsync(wish).catch(() => null)
          if (done && !now) props.made(done.code)
        }}
      >
        {now ? null : (
          <Form.Item
            name={"code" as never}
            label={t("code")}
            extra={t("codeHelp")}
            rules={[
              { required: true, message: t("required") },
              { pattern: /^(?!new$)[a-z0-9][a-z0-9._-]{0,63}$/, message: t("codeShape") },
            ]}
          >
            <Input autoFocus autoComplete="off" autoCapitalize="none" spellCheck={false} />
          </Form.Item>
        )}
        <Form.Item
          name={"name" as never}
          label={t("name")}
          rules={[{ required: true, whitespace: true, message: t("required") }]}
        >
          <Input maxLength={200} autoComplete="off" />
        </Form.Item>
        {props.children(form)}
        {props.fixed ? null : (
          <Button type="primary" htmlType="submit" loading={put.isPending}>
            {now ? t("save") : props.make}
          </Button>
        )}
      </PageForm>
      <Conflict
        open={theirs !== null}
        differences={theirs ? differing(theirs.mine, theirs.now, labels) : []}
        keepMine={() => {
          if (theirs && now) put.mutate({ ...theirs.mine, code: now.code, revision: theirs.now.revision })
          setTheirs(null)
        }}
        takeTheirs={() => {
          if (theirs) form.setFieldsValue(bodyOf(theirs.now, props.initial) as never)
          setTheirs(null)
        }}
      />
    </>
  )
}

function bodyOf<Body extends object>(fields: object, like: Body): Body {
  return Object.fromEntries(Object.keys(like).map((key) => [key, (fields as Record<string, unknown>)[key]])) as Body
}

function differing(mine: object, theirs: object, labels: Record<string, string | undefined>) {
  const [one, other] = [mine, theirs] as Record<string, unknown>[]
  return Object.keys(labels)
    .filter((key) => JSON.stringify(one?.[key]) !== JSON.stringify(other?.[key]))
    .map((key) => ({ field: labels[key] ?? key, mine: String(one?.[key] ?? ""), theirs: String(other?.[key] ?? "") }))
}
