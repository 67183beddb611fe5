import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import type { StoreView } from "@kit/api/schema.gen"
import { RecordPage, Section, Status } from "@kit/record"
import { Rows } from "@kit/record/Rows"
import { useSession } from "@kit/session"
import { useGo } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useWords } from "@kit/words"
import { Button, Form, Input, Select, Switch } from "antd"
import { useState } from "react"
import "../people/people.css"
import { useChannels, useSellers } from "./asked"
import { PlaceForm } from "./PlaceForm"
import "./places.css"
import { words } from "./words"

export default function StorePage() {
  const code = usePlace("code")
  const made = code !== "new"
  const asked = api.useQuery("get", "/v1/stores/{code}", { params: { path: { code } } }, { enabled: made })
  return made ? <Answer of={asked}>{(one) => <Store now={one} />}</Answer> : <Store now={null} />
}

function Store({ now }: { now: StoreView | null }) {
  const t = useWords(words)
  const go = useGo()
  const { may } = useSession()
  const channels = useChannels()
  const sellers = useSellers()
  const initial: Omit<StoreView, "code" | "revision"> = { name: "", channel: "", seller: "", open: true }
  return (
    <RecordPage
      title={now?.name ?? t("newStore")}
      back={{ to: "/places/stores", label: t("stores") }}
      lead={now ? <span className="mono">{now.code}</span> : undefined}
      status={now ? <Status tone={now.open ? "good" : "quiet"}>{t(now.open ? "open" : "closed")}</Status> : undefined}
      actions={
        now && may("till:sell") ? (
          <Button href="/pos/" target="_blank">
            {t("openTill")}
          </Button>
        ) : undefined
      }
    >
      <PlaceForm
        now={now}
        initial={initial}
        labels={{ name: t("name"), channel: t("channel"), seller: t("seller"), open: t("status") }}
        make={t("addStore")}
        fixed={!may("access:write")}
        refresh={["/v1/stores"]}
        read={(code) => send(fetcher.GET("/v1/stores/{code}", { params: { path: { code } } }))}
        put={(code, body, revision) =>
          send(
            fetcher.PUT("/v1/stores/{code}", {
              params: { path: { code }, header: revision ? { "If-Match": `"${revision}"` } : {} },
              body,
            }),
          )
        }
        made={(code) => go(`/places/stores/${code}`)}
      >
        {() => (
          <>
            <Form.Item name="channel" label={t("channel")} rules={[{ required: true, message: t("required") }]}>
              <Select showSearch={{ optionFilterProp: "label" }} options={channels} />
            </Form.Item>
            <Form.Item name="seller" label={t("seller")} rules={[{ required: true, message: t("required") }]}>
              <Select showSearch={{ optionFilterProp: "label" }} options={sellers} />
            </Form.Item>
            <Form.Item name="open" label={t("open")} extra={t("openHelp")} valuePropName="checked">
              <Switch />
            </Form.Item>
          </>
        )}
      </PlaceForm>
      {now ? <Devices store={now.code} /> : null}
    </RecordPage>
  )
}

function Devices({ store }: { store: string }) {
  const t = useWords(words)
  const { may } = useSession()
  const [code, setCode] = useState("")
  const asked = api.useQuery("get", "/v1/stores/{store}/devices", {
    params: { path: { store }, query: { limit: 250 } },
  })
  const put = useAct(
    (_, wanted: { code: string; active: boolean }) =>
      send(
        fetcher.PUT("/v1/stores/{store}/devices/{code}", {
          params: { path: { store, code: wanted.code } },
          body: { active: wanted.active },
        }),
      ),
    { said: t("saved"), refresh: ["/v1/stores"], then: () => setCode("") },
  )
  return (
    <div style={{ marginTop: 32 }}>
      <Section title={t("devices")}>
        <Answer of={asked} rows={2}>
          {(told) =>
            told.items.length === 0 ? (
              <p>{t("noDevices")}</p>
            ) : (
              <Rows
                rows={told.items}
                by={(one) => one.code}
                columns={[
                  { title: t("deviceCode"), look: "mono", of: (one) => one.code },
                  {
                    title: t("status"),
                    of: (one) => (
                      <Status tone={one.active ? "good" : "quiet"}>{t(one.active ? "active" : "inactive")}</Status>
                    ),
                  },
                  {
                    end: true,
                    of: (one) =>
                      may("access:write") ? (
                        <Button size="small" onClick={() => put.mutate({ code: one.code, active: !one.active })}>
                          {t(one.active ? "takeAway" : "bringBack")}
                        </Button>
                      ) : null,
                  },
                ]}
              />
            )
          }
        </Answer>
        {may("access:write") ? (
          <form
            className="beside"
            onSubmit={(event) => {
              event.preventDefault()
              if (code.trim()) put.mutate({ code: code.trim(), active: true })
            }}
          >
            <Input
              value={code}
              onChange={(event) => setCode(event.target.value)}
              placeholder="till1"
              aria-label={t("deviceCodeNew")}
              autoCapitalize="none"
              spellCheck={false}
            />
            <Button htmlType="submit" disabled={!code.trim()} loading={put.isPending}>
              {t("deviceAdd")}
            </Button>
          </form>
        ) : null}
      </Section>
    </div>
  )
}
