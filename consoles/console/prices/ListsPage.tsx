/** Price lists: for everybody, a channel, or a store. */

import { PlusOutlined } from "@ant-design/icons"
import { send, useAct } from "@kit/api/act"
import { fetcher } from "@kit/api/client"
import { ListPage as List, type RowOf } from "@kit/list"
import { Status, useTitle } from "@kit/record"
import { useSession } from "@kit/session"
import { useGo } from "@kit/shell/go"
import { useWords } from "@kit/words"
import { Button, Form, Input, Modal, Segmented, Select } from "antd"
import { useState } from "react"
import { choices, type Named, useAll } from "../products/catalog"
import { words } from "./words"

type Row = RowOf<"/v1/price-lists">
const CODE = /^[^\s/]{1,64}$/
const CURRENCIES = ["CNY", "USD", "EUR", "HKD", "JPY", "GBP", "SGD", "TWD", "KRW"]

export default function ListsPage() {
  const t = useWords(words)
  const { may } = useSession()
  const [adding, add] = useState(false)
  useTitle(t("title"))
  return (
    <>
      <List
        name="price-lists"
        title={t("title")}
        path="/v1/price-lists"
        row={(one) => one.code}
        open={(one) => `/prices/${encodeURIComponent(one.code)}`}
        exports="price-lists"
        columns={[
          {
            key: "name",
            title: t("name"),
            always: true,
            width: "minmax(200px, 2fr)",
            render: (one) => <strong className="cut">{one.name}</strong>,
          },
          { key: "code", title: t("code"), width: "160px", render: (one) => <span className="mono">{one.code}</span> },
          { key: "for", title: t("for"), width: "minmax(160px, 1fr)", render: (one) => <ForWhom list={one} /> },
          { key: "currency", title: t("currency"), width: "100px", render: (one) => one.currency },
          { key: "status", title: t("status"), width: "130px", render: (one) => <InUse active={one.active} /> },
        ]}
        action={
          may("pricing:write") ? (
            <Button type="primary" icon={<PlusOutlined />} onClick={() => add(true)}>
              {t("newList")}
            </Button>
          ) : null
        }
        empty={{ title: t("none"), body: t("noneBody") }}
      />
      {adding ? <NewList close={() => add(false)} /> : null}
    </>
  )
}

export function ForWhom({ list }: { list: Pick<Row, "channel" | "store"> }) {
  const t = useWords(words)
  if (list.store) return <>{t("storeOf", { code: list.store })}</>
  return <>{list.channel ? t("channelOf", { code: list.channel }) : t("everybody")}</>
}

export function InUse({ active }: { active: boolean }) {
  const t = useWords(words)
  return active ? <Status tone="good">{t("active")}</Status> : <Status tone="quiet">{t("withdrawn")}</Status>
}

interface Fields {
  code: string
  name: string
  currency: string
  scope: "everybody" | "channel" | "store"
  channel?: string
  store?: string
}

function NewList({ close }: { close: () => void }) {
  const t = useWords(words)
  const go = useGo()
  const [form] = Form.useForm<Fields>()
  const scope = Form.useWatch("scope", form)
  const channels = useAll<Named>("/v1/channels")
  const stores = useAll<Named>("/v1/stores")
  const put = useAct(
    (_key, one: Fields) =>
      send(
        fetcher.PUT("/v1/price-lists/{code}", {
          params: { path: { code: one.code } },
          body: {
            name: one.name,
            currency: one.currency,
            channel: one.scope === "channel" ? (one.channel ?? null) : null,
            store: one.scope === "store" ? (one.store ?? null) : null,
            active: true,
          },
        }),
      ),
    {
      said: t("saved"),
      refresh: ["/v1/price-lists"],
      form,
      then: (answer) => go(`/prices/${encodeURIComponent(answer.code)}`),
    },
  )
  const needed = [{ required: true, whitespace: true, message: t("required") }]
  return (
    <Modal
      open
      title={t("newList")}
      okText={t("create")}
      cancelText={t("cancel")}
      okButtonProps={{ loading: put.isPending }}
      onCancel={close}
      onOk={() => form.submit()}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ scope: "everybody" }}
        onFinish={(one) => put.mutate(one)}
      >
        <Form.Item name="name" label={t("name")} rules={needed}>
          <Input autoFocus maxLength={300} />
        </Form.Item>
        <Form.Item name="code" label={t("code")} rules={[...needed, { pattern: CODE, message: t("badCode") }]}>
          <Input className="mono" maxLength={64} />
        </Form.Item>
        <Form.Item name="currency" label={t("currency")} rules={needed}>
          <Select options={CURRENCIES.map((value) => ({ value, label: value }))} showSearch style={{ width: 140 }} />
        </Form.Item>
        <Form.Item name="scope" label={t("scope")}>
          <Segmented
            options={[
              { value: "everybody", label: t("everybody") },
              { value: "channel", label: t("channel") },
              { value: "store", label: t("store") },
            ]}
          />
        </Form.Item>
        {scope === "channel" ? (
          <Form.Item name="channel" label={t("channel")} rules={needed}>
            <Select options={choices(channels)} />
          </Form.Item>
        ) : null}
        {scope === "store" ? (
          <Form.Item name="store" label={t("store")} rules={needed}>
            <Select options={choices(stores)} showSearch={{ optionFilterProp: "label" }} />
          </Form.Item>
        ) : null}
      </Form>
    </Modal>
  )
}
