import { send, useAct } from "@kit/api/act"
import { fetcher } from "@kit/api/client"
import { PageForm } from "@kit/form"
import { RecordPage } from "@kit/record"
import { useGo } from "@kit/shell/go"
import { useWords } from "@kit/words"
import { Button, Form, Input, Select } from "antd"
import { useRoles, useStoreChoices } from "./asked"
import "./people.css"
import { words } from "./words"

interface Fields {
  login: string
  name: string
  roles: string[]
  store?: string
  password: string
}

export default function NewPersonPage() {
  const t = useWords(words)
  const go = useGo()
  const [form] = Form.useForm<Fields>()
  const name = Form.useWatch("name", form)?.trim()
  const roles = useRoles()
  const stores = useStoreChoices()
  const add = useAct(
    (_, { login, store, ...body }: Fields) =>
      send(
        fetcher.PUT("/v1/staff/{login}", {
          params: { path: { login } },
          body: { ...body, store: store ?? null, active: true },
        }),
      ),
    { said: (person) => t("added", { name: person.name }), refresh: ["/v1/staff"], form },
  )
  return (
    <RecordPage title={t("newPerson")} back={{ to: "/people", label: t("staff") }}>
      <PageForm<Fields>
        form={form}
        className="form-narrow"
        initialValues={{ roles: [] }}
        onFinish={async (fields) => {
          const made = await add.mutateAsync(fields).catch(() => null)
          if (made) go(`/people/${encodeURIComponent(made.login)}`)
        }}
      >
        <Form.Item name="name" label={t("name")} rules={[{ required: true, whitespace: true, message: t("required") }]}>
          <Input autoFocus autoComplete="off" maxLength={200} />
        </Form.Item>
        <Form.Item
          name="login"
          label={t("login")}
          extra={t("loginHelp")}
          rules={[
            { required: true, message: t("required") },
            { pattern: /^[a-z0-9][a-z0-9._@+-]{0,99}$/, message: t("loginShape") },
          ]}
        >
          <Input autoComplete="off" autoCapitalize="none" spellCheck={false} />
        </Form.Item>
        <Form.Item name="roles" label={t("roles")} rules={[{ required: true, message: t("choose") }]}>
          <Select
            mode="multiple"
            options={roles.data?.items.map((role) => ({ value: role.code, label: role.name }))}
            placeholder={t("choose")}
          />
        </Form.Item>
        <Form.Item name="store" label={t("store")} extra={t("storeHelp")}>
          <Select
            allowClear
            showSearch={{ optionFilterProp: "label" }}
            options={stores}
            placeholder={t("headOffice")}
          />
        </Form.Item>
        <Form.Item
          name="password"
          label={t("password")}
          extra={t("passwordHelp")}
          rules={[
            { required: true, message: t("required") },
            { min: 10, message: t("tooShort") },
          ]}
        >
          <Input.Password autoComplete="new-password" maxLength={200} />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={add.isPending}>
          {name ? t("addPerson", { name }) : t("addNobody")}
        </Button>
      </PageForm>
    </RecordPage>
  )
}
