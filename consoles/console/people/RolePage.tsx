import { EyeOutlined } from "@ant-design/icons"
import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import type { GrantView, RoleView } from "@kit/api/schema.gen"
import { PageForm } from "@kit/form"
import { RecordPage, Section } from "@kit/record"
import { useSession } from "@kit/session"
import { seenAs } from "@kit/session/seen-as"
import { GROUPS } from "@kit/shell/area"
import { useGo } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useLocale, useWords } from "@kit/words"
import { Button, Checkbox, Form, Input } from "antd"
import { useState } from "react"
import { areas } from "../areas"
import { useGrants } from "./asked"
import { covers, folded, words as grantWords, roomsOf } from "./grants"
import "./people.css"
import { words } from "./words"

export default function RolePage() {
  const code = usePlace("role")
  const made = code !== "new"
  const asked = api.useQuery("get", "/v1/roles/{code}", { params: { path: { code } } }, { enabled: made })
  const grants = useGrants()
  return (
    <Answer of={grants}>
      {(known) =>
        made ? (
          <Answer of={asked}>{(role) => <Role key={role.revision} now={role} known={known} />}</Answer>
        ) : (
          <Role now={null} known={known} />
        )
      }
    </Answer>
  )
}

function Role({ now: role, known }: { now: RoleView | null; known: GrantView[] }) {
  const t = useWords(words)
  const go = useGo()
  const { may } = useSession()
  const [form] = Form.useForm<{ code: string; name: string }>()
  const name = Form.useWatch("name", form) ?? role?.name ?? ""
  const [grants, setGrants] = useState<string[]>(role?.grants ?? [])
  const mayChange = may("access:write")
  const put = useAct(
    (_, wanted: { code: string; name: string; grants: string[] }) =>
      send(
        fetcher.PUT("/v1/roles/{code}", {
          params: { path: { code: wanted.code }, header: role ? { "If-Match": `"${role.revision}"` } : {} },
          body: { name: wanted.name, grants: wanted.grants },
        }),
      ),
    { said: t("saved"), refresh: ["/v1/roles", "/v1/me", "/v1/audit"], form },
  )
  return (
    <RecordPage
      title={role?.name ?? t("newRole")}
      back={{ to: "/roles", label: t("roles") }}
      lead={role ? <span className="mono">{role.code}</span> : undefined}
      actions={
        <Button
          icon={<EyeOutlined />}
          onClick={() => {
            seenAs.choose({ role: role?.code ?? "new", name: name || t("newRole"), grants })
            go("/")
          }}
        >
          {t("tryIt")}
        </Button>
      }
      aside={
        <Section title={t("sees")}>
          <p className="muted">{t("seesBody")}</p>
          <MenuOf grants={grants} />
        </Section>
      }
    >
      <PageForm
        form={form}
        initialValues={{ code: role?.code, name: role?.name }}
        disabled={!mayChange}
        onFinish={async (fields) => {
          const done = await put
            .mutateAsync({ code: role?.code ?? fields.code, name: fields.name, grants })
            .catch(() => null)
          if (done && !role) go(`/roles/${done.code}`)
        }}
      >
        <div className="form-narrow">
          <Form.Item
            name="name"
            label={t("name")}
            rules={[{ required: true, whitespace: true, message: t("required") }]}
          >
            <Input maxLength={200} autoFocus={!role} />
          </Form.Item>
          {role ? null : (
            <Form.Item
              name="code"
              label={t("code")}
              extra={t("codeHelp")}
              rules={[
                { required: true, message: t("required") },
                { pattern: /^(?!new$)[a-z0-9][a-z0-9._-]{0,63}$/, message: t("codeHelp") },
              ]}
            >
              <Input autoCapitalize="none" spellCheck={false} />
            </Form.Item>
          )}
        </div>
        <Section title={t("rights")}>
          <Matrix known={known} grants={grants} change={setGrants} fixed={!mayChange} />
        </Section>
        {mayChange ? (
          <Button type="primary" htmlType="submit" loading={put.isPending}>
            {role ? t("save") : t("addRole")}
          </Button>
        ) : null}
      </PageForm>
    </RecordPage>
  )
}

/** Every right in plain words, by room; a whole room, or everything, in one tick. */
export function Matrix(props: {
  known: GrantView[]
  grants: string[]
  change: (grants: string[]) => void
  fixed?: boolean
}) {
  const t = useWords(words)
  const say = useWords(grantWords)
  const { grants, change, fixed } = props
  const known = props.known.map((one) => one.grant)
  const opens = new Map(props.known.map((one) => [one.grant, one.opens.length]))
  const all = grants.includes("*")
  const chosen = new Set(known.filter((grant) => grants.some((held) => covers(held, grant))))

  function tick(grant: string, on: boolean) {
    const next = new Set(chosen)
    if (on) next.add(grant)
    else next.delete(grant)
    change(folded(next, known, grants))
  }

  function whole(room: string, on: boolean) {
    const others = grants.filter((grant) => !grant.startsWith(`${room}:`))
    change(on ? [...others, `${room}:*`].sort() : others)
  }

  return (
    <div className="rights">
      <div>
        <div className="rights-room">{t("everything")}</div>
        <Checkbox checked={all} disabled={fixed} onChange={(event) => change(event.target.checked ? ["*"] : [])}>
          {t("everythingHelp")}
        </Checkbox>
      </div>
      {[...roomsOf(known)].map(([room, rights]) => (
        <div key={room} role="group" aria-labelledby={`room-${room}`}>
          <div className="rights-room" id={`room-${room}`}>
            {say.maybe(`rooms.${room}`)}
            <small>
              {rights.filter((right) => chosen.has(right)).length} / {rights.length}
            </small>
          </div>
          <div className="rights-list">
            <Checkbox
              checked={all || grants.includes(`${room}:*`)}
              indeterminate={!all && !grants.includes(`${room}:*`) && rights.some((right) => chosen.has(right))}
              disabled={fixed || all}
              onChange={(event) => whole(room, event.target.checked)}
            >
              {t("whole")}
            </Checkbox>
            {rights.map((right) => (
              <Checkbox
                key={right}
                checked={chosen.has(right)}
                disabled={fixed || all || grants.includes(`${room}:*`)}
                onChange={(event) => tick(right, event.target.checked)}
              >
                <span>{say.maybe(right)}</span>
                <span className="rights-code mono" title={t("opens", { count: opens.get(right) ?? 0 })}>
                  {right}
                </span>
              </Checkbox>
            ))}
          </div>
        </div>
      ))}
    </div>
  )
}

function MenuOf({ grants }: { grants: string[] }) {
  const t = useWords(words)
  const now = useLocale()
  const entries = areas
    .flatMap((area) => area.menu)
    .filter((entry) => !entry.needs || grants.some((held) => covers(held, entry.needs ?? "")))
    .sort((a, b) => a.order - b.order)
  if (entries.every((entry) => !entry.needs)) return <p className="muted">{t("seesNothing")}</p>
  return (
    <div className="menu-preview">
      {GROUPS.map((group) => {
        const inside = entries.filter((entry) => entry.group === group)
        if (!inside.length) return null
        return (
          <ul key={group}>
            {inside.map((entry) => (
              <li key={entry.path}>
                <span aria-hidden="true">{entry.icon}</span>
                {entry.title[now]}
              </li>
            ))}
          </ul>
        )
      })}
    </div>
  )
}
