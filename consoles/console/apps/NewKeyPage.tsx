import { send, useAct } from "@kit/api/act"
import { fetcher } from "@kit/api/client"
import type { KeyTold } from "@kit/api/schema.gen"
import { PageForm } from "@kit/form"
import { RecordPage, Section } from "@kit/record"
import { useGo } from "@kit/shell/go"
import { Answer } from "@kit/states"
import { useWords } from "@kit/words"
import { Button, Form, Input } from "antd"
import { useState } from "react"
import { useGrants } from "../people/asked"
import { Matrix } from "../people/RolePage"
import { Secret } from "../people/Secret"
import { words } from "./words"

export default function NewKeyPage() {
  const t = useWords(words)
  const go = useGo()
  const [form] = Form.useForm<{ name: string; grants: string[] }>()
  const name = Form.useWatch("name", form)?.trim()
  const known = useGrants()
  const [grants, setGrants] = useState<string[]>([])
  const [told, setTold] = useState<KeyTold | null>(null)
  const make = useAct((_, body: { name: string; grants: string[] }) => send(fetcher.POST("/v1/app-keys", { body })), {
    refresh: ["/v1/app-keys", "/v1/audit"],
    form,
    then: setTold,
  })
  return (
    <RecordPage title={t("newKey")} back={{ to: "/apps", label: t("keys") }} lead={t("noneBody")}>
      <PageForm
        form={form}
        onFinish={async (fields) => {
          await make.mutateAsync({ name: fields.name, grants }).catch(() => null)
        }}
      >
        <div className="form-narrow">
          <Form.Item
            name="name"
            label={t("name")}
            extra={t("nameHelp")}
            rules={[{ required: true, whitespace: true, message: t("required") }]}
          >
            <Input autoFocus maxLength={200} autoComplete="off" />
          </Form.Item>
        </div>
        <Section title={t("rights")}>
          <Answer of={known}>{(all) => <Matrix known={all} grants={grants} change={setGrants} />}</Answer>
        </Section>
        <Button type="primary" htmlType="submit" disabled={grants.length === 0} loading={make.isPending}>
          {name ? t("make", { name }) : t("makeUnnamed")}
        </Button>
        {grants.length === 0 ? <span className="muted"> {t("needsRight")}</span> : null}
      </PageForm>
      <Secret
        title={t("secret")}
        body={t("secretBody")}
        secret={told?.token ?? null}
        close={() => go(`/apps/${told?.key}`)}
      />
    </RecordPage>
  )
}
