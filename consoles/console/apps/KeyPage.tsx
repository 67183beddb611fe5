import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import type { KeyRotated, KeyView } from "@kit/api/schema.gen"
import { Time } from "@kit/format"
import { Facts, RecordPage, Section } from "@kit/record"
import { useSession } from "@kit/session"
import { Go, useGo } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useWords } from "@kit/words"
import { App, Button, Modal, Radio } from "antd"
import { useState } from "react"
import { useSaid } from "../audit/said"
import { useGrants } from "../people/asked"
import { Matrix } from "../people/RolePage"
import { Secret } from "../people/Secret"
import { isOver, KeyStatus } from "./KeyStatus"
import { words } from "./words"

const HOUR = 3600
const OVERLAPS = [
  ["hour", HOUR],
  ["day", 24 * HOUR],
  ["week", 7 * 24 * HOUR],
  ["month", 30 * 24 * HOUR],
] as const

export default function KeyPage() {
  const key = usePlace("key")
  const asked = api.useQuery("get", "/v1/app-keys/{key}", { params: { path: { key } } })
  return <Answer of={asked}>{(told) => <Key key={told.key} now={told} />}</Answer>
}

function Key({ now }: { now: KeyView }) {
  const t = useWords(words)
  const said = useSaid()
  const go = useGo()
  const { may } = useSession()
  const { modal } = App.useApp()
  const known = useGrants()
  const [rotating, setRotating] = useState(false)
  const [overlap, setOverlap] = useState<number>(24 * HOUR)
  const [told, setTold] = useState<KeyRotated | null>(null)
  const did = api.useQuery("get", "/v1/audit", { params: { query: { actor: now.key, limit: 12 } } })
  const path = { key: now.key }
  const refresh = ["/v1/app-keys", "/v1/audit"]
  const revoke = useAct(() => send(fetcher.DELETE("/v1/app-keys/{key}", { params: { path } })), {
    said: t("revoked"),
    refresh,
  })
  const rotate = useAct(
    () => send(fetcher.POST("/v1/app-keys/{key}/rotate", { params: { path }, body: { overlap_s: overlap } })),
    {
      refresh,
      then: (made) => {
        setRotating(false)
        setTold(made)
      },
    },
  )
  const usable = !isOver(now, Date.now())
  return (
    <RecordPage
      title={now.name}
      back={{ to: "/apps", label: t("keys") }}
      status={<KeyStatus of={now} />}
      lead={<span className="mono">{now.key}</span>}
      actions={
        usable && may("access:write") ? (
          <>
            <Button onClick={() => setRotating(true)}>{t("rotate")}</Button>
            <Button
              danger
              onClick={() =>
                modal.confirm({
                  title: t("revokeTitle", { name: now.name }),
                  content: t("revokeBody"),
                  okText: t("revokeDo", { name: now.name }),
                  okButtonProps: { danger: true },
                  onOk: () => revoke.mutate(undefined),
                })
              }
            >
              {t("revoke")}
            </Button>
          </>
        ) : null
      }
      aside={
        <Section title={t("activity")} extra={<Go to={`/audit?actor=${now.key}`}>→</Go>}>
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
      }
    >
      <Section title={t("keys")}>
        <Facts
          facts={[
            [t("made"), <Time key="made" at={now.created_at} exact />],
            [t("used"), now.used_at ? <Time key="used" at={now.used_at} exact /> : t("never")],
          ]}
        />
      </Section>
      <Section title={t("rights")}>
        <Answer of={known}>{(all) => <Matrix known={all} grants={now.grants} change={() => undefined} fixed />}</Answer>
      </Section>
      <Modal
        open={rotating}
        title={t("rotateTitle", { name: now.name })}
        okText={t("rotateDo")}
        confirmLoading={rotate.isPending}
        onOk={() => rotate.mutate(undefined)}
        onCancel={() => setRotating(false)}
      >
        <p>{t("rotateBody")}</p>
        <p className="muted">{t("overlap")}</p>
        <Radio.Group
          value={overlap}
          onChange={(event) => setOverlap(event.target.value as number)}
          options={OVERLAPS.map(([name, seconds]) => ({ value: seconds, label: t(name) }))}
        />
      </Modal>
      <Secret
        title={t("secret")}
        body={t("secretBody")}
        secret={told?.token ?? null}
        close={() => go(`/apps/${told?.key}`)}
      />
    </RecordPage>
  )
}
