import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import type { StaffView } from "@kit/api/schema.gen"
import { PageForm } from "@kit/form"
import { Time } from "@kit/format"
import { RecordPage, Section, Status } from "@kit/record"
import { useSession } from "@kit/session"
import { Go } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer, Conflict, isConflict } from "@kit/states"
import { useWords } from "@kit/words"
import { App, Button, Form, Input, Select } from "antd"
import { useState } from "react"
import { useSaid } from "../audit/said"
import { browserOf, useGrants, useRoleNames, useRoles, useStoreChoices } from "./asked"
import { covers, words as grantWords } from "./grants"
import { Secret } from "./Secret"
import "./people.css"
import { words } from "./words"

export default function PersonPage() {
  const login = usePlace("login")
  const asked = api.useQuery("get", "/v1/staff/{login}", { params: { path: { login } } })
  return <Answer of={asked}>{(person) => <Person person={person} />}</Answer>
}

interface Fields {
  name: string
  roles: string[]
  store?: string | null
}

function Person({ person }: { person: StaffView }) {
  const t = useWords(words)
  const { modal } = App.useApp()
  const { me, may } = useSession()
  const [form] = Form.useForm<Fields>()
  const [secret, setSecret] = useState<string | null>(null)
  const [theirs, setTheirs] = useState<{ now: StaffView; mine: Fields } | null>(null)
  const roles = useRoles()
  const roleName = useRoleNames()
  const stores = useStoreChoices()
  const path = { login: person.login }
  const refresh = ["/v1/staff", "/v1/sessions", "/v1/audit"]
  const mayChange = may("access:write")
  const put = useAct(
    (_, { revision, ...body }: Fields & { active: boolean; revision: number }) =>
      send(
        fetcher.PUT("/v1/staff/{login}", {
          params: { path, header: { "If-Match": `"${revision}"` } },
          body: { ...body, store: body.store ?? null, password: null },
        }),
      ),
    {
      said: (now) =>
        now.active === person.active ? t("saved") : t(now.active ? "isBack" : "hasLeft", { name: now.name }),
      refresh,
      form,
      refused: (problem) => {
        if (!isConflict(problem)) return false
        void fetcher.GET("/v1/staff/{login}", { params: { path } }).then(({ data }) => {
          if (data) setTheirs({ now: data, mine: form.getFieldsValue() })
        })
        return true
      },
    },
  )
  const reset = useAct(
    () => send(fetcher.POST("/v1/staff/{login}/password", { params: { path }, body: { password: null } })),
    {
      refresh,
      then: (told) => setSecret(told.password),
    },
  )
  const asIs = { name: person.name, roles: person.roles, store: person.store }
  const self = person.login === me.login

  function letGo() {
    modal.confirm({
      title: t("leaveTitle", { name: person.name }),
      content: t("leaveBody"),
      okText: t("leaveDo", { name: person.name }),
      okButtonProps: { danger: true },
      onOk: () => put.mutate({ ...asIs, active: false, revision: person.revision }),
    })
  }

  return (
    <RecordPage
      title={person.name}
      back={{ to: "/people", label: t("staff") }}
      status={<Status tone={person.active ? "good" : "quiet"}>{person.active ? t("active") : t("left")}</Status>}
      lead={<span className="mono">{person.login}</span>}
      actions={
        mayChange && !self ? (
          <>
            <Button
              loading={reset.isPending}
              onClick={() =>
                modal.confirm({
                  title: t("resetTitle", { name: person.name }),
                  content: t("resetBody"),
                  okText: t("resetDo"),
                  onOk: () => reset.mutate(undefined),
                })
              }
            >
              {t("reset")}
            </Button>
            {person.active ? (
              <Button danger onClick={letGo}>
                {t("leave")}
              </Button>
            ) : (
              <Button onClick={() => put.mutate({ ...asIs, active: true, revision: person.revision })}>
                {t("back")}
              </Button>
            )}
          </>
        ) : null
      }
      aside={<Aside login={person.login} />}
    >
      <Section title={t("person")}>
        <PageForm<Fields>
          key={person.revision}
          form={form}
          className="form-narrow"
          initialValues={asIs}
          disabled={!mayChange}
          onFinish={async (fields) => {
            await put.mutateAsync({ ...fields, active: person.active, revision: person.revision }).catch(() => null)
          }}
        >
          <Form.Item
            name="name"
            label={t("name")}
            rules={[{ required: true, whitespace: true, message: t("required") }]}
          >
            <Input maxLength={200} autoComplete="off" />
          </Form.Item>
          <Form.Item name="roles" label={t("roles")}>
            <Select
              mode="multiple"
              placeholder={t("choose")}
              options={roles.data?.items.map((role) => ({ value: role.code, label: role.name }))}
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
          {mayChange ? (
            <Button type="primary" htmlType="submit" loading={put.isPending}>
              {t("save")}
            </Button>
          ) : null}
        </PageForm>
      </Section>
      <Rights person={person} />
      <Secret
        title={t("told", { name: person.name })}
        body={t("toldBody")}
        secret={secret}
        close={() => setSecret(null)}
      />
      <Conflict
        open={theirs !== null}
        differences={
          theirs
            ? [
                { field: t("name"), mine: theirs.mine.name, theirs: theirs.now.name },
                {
                  field: t("roles"),
                  mine: theirs.mine.roles.map(roleName).join(" · "),
                  theirs: theirs.now.roles.map(roleName).join(" · "),
                },
                { field: t("store"), mine: theirs.mine.store, theirs: theirs.now.store },
              ].filter((one) => one.mine !== one.theirs)
            : []
        }
        keepMine={() => {
          if (theirs) put.mutate({ ...theirs.mine, active: theirs.now.active, revision: theirs.now.revision })
          setTheirs(null)
        }}
        takeTheirs={() => {
          if (theirs) form.setFieldsValue({ name: theirs.now.name, roles: theirs.now.roles, store: theirs.now.store })
          setTheirs(null)
        }}
      />
    </RecordPage>
  )
}

/** In plain words, what all their roles together let them do. */
function Rights({ person }: { person: StaffView }) {
  const t = useWords(words)
  const say = useWords(grantWords)
  const roles = useRoles()
  const grants = useGrants()
  const held = roles.data?.items.filter((role) => person.roles.includes(role.code)).flatMap((role) => role.grants) ?? []
  const rights = grants.data?.filter((one) => held.some((grant) => covers(grant, one.grant))) ?? []
  return (
    <Section
      title={t("theirRights", { name: person.name })}
      extra={
        <span className="muted">
          {held.includes("*") ? t("everything") : t("rightsCount", { count: rights.length })}
        </span>
      }
    >
      {held.includes("*") ? (
        <p className="muted">{t("everythingHelp")}</p>
      ) : (
        <ul className="places-of">
          {rights.map((one) => (
            <li key={one.grant}>
              <span>{say.maybe(one.grant)}</span>
              <small className="mono">{one.grant}</small>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}

function Aside({ login }: { login: string }) {
  const t = useWords(words)
  const said = useSaid()
  const { may } = useSession()
  const sessions = api.useQuery("get", "/v1/sessions", { params: { query: { login } } })
  const did = api.useQuery("get", "/v1/audit", { params: { query: { actor: login, limit: 12 } } })
  const end = useAct(
    (_, session: string) => send(fetcher.DELETE("/v1/sessions/{session}", { params: { path: { session } } })),
    { said: t("ended", { name: login }), refresh: ["/v1/sessions"] },
  )
  return (
    <>
      <Section title={t("sessionsOf")}>
        {sessions.data?.items.length === 0 ? <p className="muted">{t("noSessions")}</p> : null}
        <ul className="places-of">
          {sessions.data?.items.map((one) => (
            <li key={one.session}>
              <span>
                {browserOf(one.agent) || t("unknown")}
                {one.current ? <span className="muted"> · {t("current")}</span> : null}
              </span>
              {may("access:write") && !one.current ? (
                <Button
                  size="small"
                  loading={end.isPending && end.variables === one.session}
                  onClick={() => end.mutate(one.session)}
                >
                  {t("end")}
                </Button>
              ) : (
                <span />
              )}
              <small>
                {one.address} · <Time at={one.seen_at ?? one.created_at} />
              </small>
            </li>
          ))}
        </ul>
      </Section>
      <Section title={t("activity")} extra={<Go to={`/audit?actor=${encodeURIComponent(login)}`}>→</Go>}>
        <ul className="places-of">
          {did.data?.items.map((one) => (
            <li key={one.event}>
              <Go to={`/audit/${one.event}`}>{said(one)}</Go>
              <small>
                <Time at={one.at} />
              </small>
            </li>
          ))}
        </ul>
      </Section>
    </>
  )
}
