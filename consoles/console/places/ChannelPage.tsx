import { ArrowDownOutlined, ArrowUpOutlined, CloseOutlined, ExportOutlined } from "@ant-design/icons"
import { send, useAct } from "@kit/api/act"
import { api, fetcher, problemOf } from "@kit/api/client"
import type { ChannelView, StorefrontView } from "@kit/api/schema.gen"
import { PageForm, QuantityInput } from "@kit/form"
import { RecordPage, Section, Status } from "@kit/record"
import { useSession } from "@kit/session"
import { Go, useGo } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useWords } from "@kit/words"
import { Button, Form, Input, Select, Switch } from "antd"
import { useState } from "react"
import "../people/people.css"
import { CURRENCIES, useLocations, useScenes, ZONES } from "./asked"
import { PlaceForm } from "./PlaceForm"
import "./places.css"
import { words } from "./words"

export default function ChannelPage() {
  const code = usePlace("code")
  const made = code !== "new"
  const asked = api.useQuery("get", "/v1/channels/{code}", { params: { path: { code } } }, { enabled: made })
  return made ? <Answer of={asked}>{(one) => <Channel key={one.code} now={one} />}</Answer> : <Channel now={null} />
}

function Channel({ now }: { now: ChannelView | null }) {
  const t = useWords(words)
  const go = useGo()
  const { may } = useSession()
  const scenes = useScenes()
  const initial: Omit<ChannelView, "code" | "revision"> = {
    name: "",
    scene: "b2c.mall",
    currency: "CNY",
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    open: true,
  }
  return (
    <RecordPage
      title={now?.name ?? t("newChannel")}
      back={{ to: "/places/channels", label: t("channels") }}
      lead={now ? <span className="mono">{now.code}</span> : undefined}
      status={now ? <Status tone={now.open ? "good" : "quiet"}>{t(now.open ? "open" : "closed")}</Status> : undefined}
      actions={now ? <Go to={`/scenes/${now.scene}`}>{t("seePlan")}</Go> : undefined}
    >
      <PlaceForm
        now={now}
        initial={initial}
        labels={{
          name: t("name"),
          scene: t("scene"),
          currency: t("currency"),
          time_zone: t("zone"),
          open: t("status"),
        }}
        make={t("addChannel")}
        fixed={!may("access:write")}
        refresh={["/v1/channels"]}
        read={(code) => send(fetcher.GET("/v1/channels/{code}", { params: { path: { code } } }))}
        put={(code, body, revision) =>
          send(
            fetcher.PUT("/v1/channels/{code}", {
              params: { path: { code }, header: revision ? { "If-Match": `"${revision}"` } : {} },
              body,
            }),
          )
        }
        made={(code) => go(`/places/channels/${code}`)}
      >
        {() => (
          <>
            <Form.Item name="scene" label={t("scene")} extra={t("sceneHelp")}>
              <Select options={scenes} />
            </Form.Item>
            <Form.Item name="currency" label={t("currency")} extra={t("currencyHelp")}>
              <Select showSearch options={CURRENCIES.map((currency) => ({ value: currency, label: currency }))} />
            </Form.Item>
            <Form.Item name="time_zone" label={t("zone")} extra={t("zoneHelp")}>
              <Select showSearch options={ZONES.map((zone) => ({ value: zone, label: zone }))} />
            </Form.Item>
            <Form.Item name="open" label={t("open")} extra={t("openHelp")} valuePropName="checked">
              <Switch />
            </Form.Item>
          </>
        )}
      </PlaceForm>
      {now && may("inventory:read") ? <Sources channel={now.code} /> : null}
      {now?.scene.startsWith("b2c") ? <StorefrontSection channel={now.code} name={now.name} /> : null}
    </RecordPage>
  )
}

function Sources({ channel }: { channel: string }) {
  const t = useWords(words)
  const asked = api.useQuery("get", "/v1/channels/{code}/sources", { params: { path: { code: channel } } })
  return (
    <div style={{ marginTop: 32 }}>
      <Section title={t("sources")}>
        <p className="muted">{t("sourcesHelp")}</p>
        <Answer of={asked} rows={2}>
          {(told) => {
            const now = told.map((one) => one.location)
            return <SourceOrder key={now.join()} channel={channel} now={now} />
          }}
        </Answer>
      </Section>
    </div>
  )
}

function SourceOrder({ channel, now }: { channel: string; now: string[] }) {
  const t = useWords(words)
  const { may } = useSession()
  const locations = useLocations()
  const [order, setOrder] = useState(now)
  const name = (code: string) => locations.find((one) => one.value === code)?.label ?? code
  const put = useAct(
    (_, wanted: string[]) =>
      send(
        fetcher.PUT("/v1/channels/{code}/sources", {
          params: { path: { code: channel } },
          body: { locations: wanted },
        }),
      ),
    { said: t("saved"), refresh: ["/v1/channels", "/v1/setup"] },
  )
  const may_ = may("inventory:write")
  const move = (from: number, to: number) => {
    const next = [...order]
    next.splice(to, 0, ...next.splice(from, 1))
    setOrder(next)
  }
  return (
    <>
      {order.length === 0 ? (
        <p>{t("sourcesNone")}</p>
      ) : (
        <ol className="sources">
          {order.map((code, index) => (
            <li key={code}>
              <span className="turn">{index + 1}</span>
              <Go to={`/places/locations/${code}`}>{name(code)}</Go>
              <span className="spring" />
              {may_ ? (
                <>
                  <Button
                    type="text"
                    size="small"
                    icon={<ArrowUpOutlined />}
                    aria-label={t("up", { name: name(code) })}
                    disabled={index === 0}
                    onClick={() => move(index, index - 1)}
                  />
                  <Button
                    type="text"
                    size="small"
                    icon={<ArrowDownOutlined />}
                    aria-label={t("down", { name: name(code) })}
                    disabled={index === order.length - 1}
                    onClick={() => move(index, index + 1)}
                  />
                  <Button
                    type="text"
                    size="small"
                    icon={<CloseOutlined />}
                    aria-label={t("remove", { name: name(code) })}
                    onClick={() => setOrder(order.filter((one) => one !== code))}
                  />
                </>
              ) : null}
            </li>
          ))}
        </ol>
      )}
      {may_ ? (
        <div className="beside">
          <Select
            value={null}
            placeholder={t("sourceAdd")}
            aria-label={t("sourceAdd")}
            showSearch={{ optionFilterProp: "label" }}
            options={locations.filter((one) => !order.includes(one.value))}
            onChange={(code: string | null) => code && setOrder([...order, code])}
          />
          <Button
            type="primary"
            disabled={order.join() === now.join()}
            loading={put.isPending}
            onClick={() => put.mutate(order)}
          >
            {t("sourcesSave")}
          </Button>
        </div>
      ) : null}
    </>
  )
}

type Front = Omit<StorefrontView, "channel" | "revision">

/** Asked for when it is wanted: most channels have none, and who has one seldom changes it. */
function StorefrontSection(props: { channel: string; name: string }) {
  const t = useWords(words)
  const [open, setOpen] = useState(false)
  if (open) return <Storefront {...props} />
  return (
    <Section title={t("storefront")}>
      <p className="muted">{t("storefrontHelp")}</p>
      <Button onClick={() => setOpen(true)}>{t("storefrontEdit")}</Button>
    </Section>
  )
}

function Storefront({ channel, name }: { channel: string; name: string }) {
  const t = useWords(words)
  const { tenant, may } = useSession()
  const [form] = Form.useForm<Front>()
  const path = { code: channel }
  const asked = api.useQuery("get", "/v1/channels/{code}/storefront", { params: { path } }, { retry: false })
  const missing = problemOf(asked.error)?.status === 404
  const now = asked.data
  const put = useAct(
    (_, body: Front) =>
      send(
        fetcher.PUT("/v1/channels/{code}/storefront", {
          params: { path, header: now ? { "If-Match": `"${now.revision}"` } : {} },
          body,
        }),
      ),
    { said: t("saved"), refresh: ["/v1/channels"], form },
  )
  if (!missing && !now) return null
  const initial: Front = now ?? {
    published: false,
    title: name,
    title_zh: "",
    greeting: "",
    greeting_zh: "",
    delivery: "",
    delivery_zh: "",
    returns: "",
    returns_zh: "",
    languages: ["en", "zh"],
    country: "CN",
    dispatch_days: 0,
    return_days: 0,
    line_max: 0,
  }
  const pairs = [
    ["title", "titleZh", "title_zh"],
    ["greeting", "greetingZh", "greeting_zh"],
    ["delivery", "deliveryZh", "delivery_zh"],
    ["returns", "returnsZh", "returns_zh"],
  ] as const
  return (
    <Section
      title={t("storefront")}
      extra={
        now?.published ? (
          <a href={`/shop/${tenant}/${channel}/`} target="_blank" rel="noreferrer">
            {t("storefrontOpen")} <ExportOutlined aria-hidden="true" />
          </a>
        ) : null
      }
    >
      <p className="muted">{t("storefrontHelp")}</p>
      <PageForm<Front>
        key={now?.revision ?? 0}
        form={form}
        initialValues={initial}
        disabled={!may("access:write")}
        onFinish={async (fields) => {
          await put.mutateAsync({ ...initial, ...fields }).catch(() => null)
        }}
      >
        <Form.Item name="published" label={t("published")} extra={t("publishedHelp")} valuePropName="checked">
          <Switch />
        </Form.Item>
        {pairs.map(([field, labelZh, fieldZh]) => (
          <div className="two" key={field}>
            <Form.Item
              name={field}
              label={t(field)}
              rules={field === "title" ? [{ required: true, whitespace: true, message: t("required") }] : []}
            >
              {field === "title" ? <Input maxLength={200} /> : <Input.TextArea autoSize={{ minRows: 1, maxRows: 6 }} />}
            </Form.Item>
            <Form.Item name={fieldZh} label={t(labelZh)}>
              {field === "title" ? <Input maxLength={200} /> : <Input.TextArea autoSize={{ minRows: 1, maxRows: 6 }} />}
            </Form.Item>
          </div>
        ))}
        <div className="two">
          <Form.Item name="languages" label={t("languages")} rules={[{ required: true, message: t("required") }]}>
            <Select
              mode="multiple"
              options={[
                { value: "en", label: "English" },
                { value: "zh", label: "中文" },
              ]}
            />
          </Form.Item>
          <Form.Item
            name="country"
            label={t("country")}
            extra={t("countryHelp")}
            rules={[{ pattern: /^[A-Z]{2}$/, message: t("countryHelp") }]}
          >
            <Input maxLength={2} />
          </Form.Item>
          <Form.Item name="dispatch_days" label={t("dispatch")} extra={t("dispatchHelp")}>
            <QuantityInput max={365} />
          </Form.Item>
          <Form.Item name="return_days" label={t("returnDays")} extra={t("returnDaysHelp")}>
            <QuantityInput max={365} />
          </Form.Item>
          <Form.Item name="line_max" label={t("lineMax")} extra={t("lineMaxHelp")}>
            <QuantityInput />
          </Form.Item>
        </div>
        {may("access:write") ? (
          <Button type="primary" htmlType="submit" loading={put.isPending}>
            {t("storefrontSave")}
          </Button>
        ) : null}
      </PageForm>
    </Section>
  )
}
