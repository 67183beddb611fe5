import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import type { Preferences } from "@kit/api/schema.gen"
import { relativeText } from "@kit/format"
import { Facts, RecordPage, Section } from "@kit/record"
import { useSession } from "@kit/session"
import { followed } from "@kit/session/followed"
import { useLocale, useWords } from "@kit/words"
import { Button, Form, Input, Radio, Select } from "antd"
import { browserOf, useRoleNames } from "../people/asked"
import "../people/people.css"
import { words } from "./words"

const DEVICE = "device"
const ZONES = Intl.supportedValuesOf("timeZone")

export default function SettingsPage() {
  const t = useWords(words)
  const { me, may } = useSession()
  const person = me.actor.startsWith("staff:")
  return (
    <RecordPage title={t("title")} lead={`${me.name} · ${me.tenant_name}`} aside={person ? <Sessions /> : undefined}>
      {may("access:read") ? <WithRoles /> : <Me roles={me.roles} />}
      {person ? (
        <>
          <Screens />
          <Password />
        </>
      ) : (
        <p className="muted">{t("program")}</p>
      )}
    </RecordPage>
  )
}

function WithRoles() {
  const { me } = useSession()
  const name = useRoleNames()
  return <Me roles={me.roles.map(name)} />
}

function Me({ roles }: { roles: string[] }) {
  const t = useWords(words)
  const { me } = useSession()
  return (
    <Section title={t("me")}>
      <Facts
        facts={[
          [t("name"), me.name],
          [t("login"), me.login],
          [t("company"), `${me.tenant_name} · ${me.tenant}`],
          [t("roles"), roles.join(" · ")],
          [t("store"), me.store],
        ]}
      />
    </Section>
  )
}

type Chosen = Record<keyof Preferences, string>

function Screens() {
  const t = useWords(words)
  const { me } = useSession()
  const [form] = Form.useForm<Chosen>()
  const now = me.preferences
  const put = useAct((_, body: Preferences) => send(fetcher.PUT("/v1/me/preferences", { body })), {
    said: t("saved"),
    refresh: ["/v1/me"],
    form,
    then: followed,
  })
  const device = { value: DEVICE, label: t("device") }
  return (
    <Section title={t("screens")}>
      <p className="muted">{t("screensHelp")}</p>
      <Form<Chosen>
        form={form}
        layout="vertical"
        className="form-narrow"
        requiredMark={false}
        initialValues={{
          language: now?.language ?? DEVICE,
          theme: now?.theme ?? DEVICE,
          density: now?.density ?? DEVICE,
          time_zone: now?.time_zone ?? DEVICE,
        }}
        onFinish={(chosen) => {
          const said = Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== DEVICE))
          put.mutate(said as unknown as Preferences)
        }}
      >
        <Form.Item name="language" label={t("language")}>
          <Radio.Group
            optionType="button"
            options={[device, { value: "zh", label: "中文" }, { value: "en", label: "English" }]}
          />
        </Form.Item>
        <Form.Item name="theme" label={t("theme")}>
          <Radio.Group
            optionType="button"
            options={[device, { value: "light", label: t("light") }, { value: "dark", label: t("dark") }]}
          />
        </Form.Item>
        <Form.Item name="density" label={t("density")}>
          <Radio.Group
            optionType="button"
            options={[
              device,
              { value: "comfortable", label: t("comfortable") },
              { value: "compact", label: t("compact") },
            ]}
          />
        </Form.Item>
        <Form.Item name="time_zone" label={t("zone")}>
          <Select
            showSearch={{ optionFilterProp: "label" }}
            options={[device, ...ZONES.map((zone) => ({ value: zone, label: zone }))]}
          />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={put.isPending}>
          {t("save")}
        </Button>
      </Form>
    </Section>
  )
}

interface Passwords {
  current: string
  new: string
  again: string
}

function Password() {
  const t = useWords(words)
  const { me } = useSession()
  const [form] = Form.useForm<Passwords>()
  const change = useAct((_, { again: _again, ...body }: Passwords) => send(fetcher.POST("/v1/me/password", { body })), {
    said: t("changed"),
    refresh: ["/v1/me/sessions"],
    form,
    then: () => form.resetFields(),
  })
  const required = { required: true, message: t("required") }
  return (
    <Section title={t("password")}>
      <Form<Passwords>
        form={form}
        layout="vertical"
        className="form-narrow"
        requiredMark={false}
        onFinish={(fields) => change.mutate(fields)}
      >
        <input type="text" hidden readOnly autoComplete="username" value={me.login} />
        <Form.Item name="current" label={t("current")} rules={[required]}>
          <Input.Password autoComplete="current-password" maxLength={200} />
        </Form.Item>
        <Form.Item
          name="new"
          label={t("new")}
          extra={t("newHelp")}
          rules={[required, { min: 10, message: t("tooShort") }]}
        >
          <Input.Password autoComplete="new-password" maxLength={200} />
        </Form.Item>
        <Form.Item
          name="again"
          label={t("again")}
          dependencies={["new"]}
          rules={[
            required,
            {
              validator: async (_, typed: string) => {
                if (typed && typed !== form.getFieldValue("new")) throw new Error(t("differ"))
              },
            },
          ]}
        >
          <Input.Password autoComplete="new-password" maxLength={200} />
        </Form.Item>
        <Button htmlType="submit" loading={change.isPending}>
          {t("change")}
        </Button>
      </Form>
    </Section>
  )
}

function Sessions() {
  const t = useWords(words)
  const locale = useLocale()
  const { data } = api.useQuery("get", "/v1/me/sessions")
  const end = useAct(
    (_, session: string) => send(fetcher.DELETE("/v1/me/sessions/{session}", { params: { path: { session } } })),
    { said: t("ended"), refresh: ["/v1/me/sessions"] },
  )
  return (
    <Section title={t("sessions")}>
      <ul className="places-of">
        {data?.map((one) => (
          <li key={one.session}>
            <span>
              {browserOf(one.agent) || t("unknown")}
              {one.current ? <span className="muted"> · {t("current_one")}</span> : null}
            </span>
            {one.current ? (
              <span />
            ) : (
              <Button
                size="small"
                loading={end.isPending && end.variables === one.session}
                onClick={() => end.mutate(one.session)}
              >
                {t("end")}
              </Button>
            )}
            <small>
              {one.address} · {t("signedIn", { when: relativeText(one.created_at, Date.now(), locale) })}
            </small>
          </li>
        ))}
      </ul>
    </Section>
  )
}
