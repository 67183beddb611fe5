/** Price lists: for everybody, a region, a channel, a store, a customer group, or one company. */

import { PlusOutlined } from "@ant-design/icons"
import { send, useAct } from "@kit/api/act"
import { fetcher } from "@kit/api/client"
import { ListPage as List, type RowOf } from "@kit/list"
import { Status, useTitle } from "@kit/record"
import { useSession } from "@kit/session"
import { Go, useGo } from "@kit/shell/go"
import { useWords } from "@kit/words"
import { Button, Checkbox, Form, Input, InputNumber, Modal, Segmented, Select } from "antd"
import { useState } from "react"
import "./prices.css"
import { choices, type Named, useAll } from "../products/catalog"
import { Tabs } from "./Tabs"
import { words } from "./words"

type Row = RowOf<"/v1/price-lists">
const CODE = /^[^\s/]{1,64}$/
const KINDS = ["base", "region", "channel", "store", "group", "contract"] as const
/** Goods cost by whose they are and where they are sold, never by who buys. */
const COST_KINDS = ["base", "region", "seller", "channel", "store"] as const
const CURRENCIES = ["CNY", "USD", "EUR", "HKD", "JPY", "GBP", "SGD", "TWD", "KRW"]

export default function ListsPage() {
  const t = useWords(words)
  const { may } = useSession()
  const costs = may("cost:read")
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
        above={<Tabs here="/prices" />}
        search={{ key: "q", hint: t("findList") }}
        filters={[
          {
            key: "kind",
            title: t("kind"),
            kind: "choice",
            pinned: true,
            options: [...KINDS, ...(costs ? (["seller"] as const) : [])].map((value) => ({
              value,
              label: t(`kinds.${value}`),
            })),
          },
          {
            key: "role",
            title: t("role"),
            kind: "choice",
            options: rolesOf(costs).map((value) => ({ value, label: t(`roles.${value}`) })),
          },
          {
            key: "active",
            title: t("status"),
            kind: "choice",
            options: [
              { value: "true", label: t("active") },
              { value: "false", label: t("withdrawn") },
            ],
          },
          { key: "company", title: t("company"), kind: "text" },
          { key: "group", title: t("group"), kind: "text" },
        ]}
        columns={[
          {
            key: "name",
            title: t("name"),
            always: true,
            width: "minmax(200px, 2fr)",
            render: (one) => <strong className="cut">{one.name}</strong>,
          },
          { key: "code", title: t("code"), width: "160px", render: (one) => <span className="mono">{one.code}</span> },
          { key: "kind", title: t("kind"), width: "110px", render: (one) => t(`kinds.${one.kind}`) },
          { key: "for", title: t("for"), width: "minmax(160px, 1fr)", render: (one) => <ForWhom list={one} /> },
          { key: "currency", title: t("currency"), width: "100px", render: (one) => one.currency },
          { key: "basis", title: t("basis"), width: "130px", render: (one) => t(`bases.${one.basis}`) },
          { key: "approval", title: t("approval"), width: "150px", render: (one) => <Approval list={one} /> },
          { key: "status", title: t("status"), width: "120px", render: (one) => <InUse active={one.active} /> },
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
      {adding ? <NewList costs={costs} close={() => add(false)} /> : null}
    </>
  )
}

function rolesOf(costs: boolean): Row["role"][] {
  return costs ? ["sale", "floor", "cost"] : ["sale", "floor"]
}

/** A share of the price in per cent, kept in basis points; nothing for none. */
export function Margin(props: { value?: number | null; onChange?: (bp: number | null) => void }) {
  const t = useWords(words)
  return (
    <InputNumber
      aria-label={t("margin")}
      min={0}
      max={99.99}
      step={1}
      precision={2}
      suffix="%"
      value={typeof props.value === "number" ? props.value / 100 : null}
      onChange={(rate) => props.onChange?.(rate === null ? null : Math.round(rate * 100))}
    />
  )
}

type Whom = "channel" | "store" | "region" | "group" | "company" | "seller"
export function ForWhom({ list }: { list: Pick<Row, Whom | "role"> }) {
  const t = useWords(words)
  const whom = list.store
    ? t("storeOf", { code: list.store })
    : list.channel
      ? t("channelOf", { code: list.channel })
      : list.region
        ? t("regionOf", { code: list.region })
        : list.group
          ? t("groupOf", { code: list.group })
          : list.company
            ? t("companyOf", { code: list.company })
            : list.seller
              ? t("sellerOf", { code: list.seller })
              : t("everybody")
  return (
    <span className="price-whom">
      {whom}
      {list.role === "sale" ? null : <span className="price-tag">{t(`tags.${list.role}`)}</span>}
    </span>
  )
}

export function Approval({ list }: { list: Pick<Row, "approval" | "proposals" | "code"> }) {
  const t = useWords(words)
  if (list.proposals)
    return (
      <Go to={`/prices/proposals?stage=proposed&list=${encodeURIComponent(list.code)}`}>
        {t("waiting", { count: list.proposals })}
      </Go>
    )
  return <span className="muted">{list.approval ? t("byApproval") : t("atOnce")}</span>
}

export function InUse({ active }: { active: boolean }) {
  const t = useWords(words)
  return active ? <Status tone="good">{t("active")}</Status> : <Status tone="quiet">{t("withdrawn")}</Status>
}

interface Fields {
  code: string
  name: string
  currency: string
  scope: Row["kind"]
  channel?: string
  store?: string
  region?: string
  group?: string
  company?: string
  seller?: string
  margin_bp?: number | null
  role: Row["role"]
  basis: Row["basis"]
  approval: boolean
}

function NewList({ costs, close }: { costs: boolean; close: () => void }) {
  const t = useWords(words)
  const go = useGo()
  const [form] = Form.useForm<Fields>()
  const scope = Form.useWatch("scope", form)
  const cost = Form.useWatch("role", form) === "cost"
  const channels = useAll<Named>("/v1/channels")
  const stores = useAll<Named>("/v1/stores")
  const groups = useAll<Named>("/v1/member-groups", scope === "group")
  const companies = useAll<Named>("/v1/companies", scope === "contract")
  const sellers = useAll<Named>("/v1/sellers", scope === "seller")
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
            region: one.scope === "region" ? (one.region?.trim() ?? null) : null,
            group: one.scope === "group" ? (one.group ?? null) : null,
            company: one.scope === "contract" ? (one.company ?? null) : null,
            seller: one.scope === "seller" ? (one.seller ?? null) : null,
            margin_bp: cost ? (one.margin_bp ?? null) : null,
            role: one.role,
            basis: cost ? "line" : one.basis,
            approval: one.approval,
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
      width={640}
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
        initialValues={{ scope: "base", role: "sale", basis: "line", approval: false }}
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
        <Form.Item name="role" label={t("role")}>
          <Segmented
            options={rolesOf(costs).map((value) => ({ value, label: t(`roles.${value}`) }))}
            onChange={() => form.setFieldValue("scope", "base")}
          />
        </Form.Item>
        <Form.Item name="scope" label={t("scope")}>
          <Segmented
            options={(cost ? COST_KINDS : KINDS).map((value) => ({
              value,
              label: t(cost && value === "base" ? "allGoods" : `kinds.${value}`),
            }))}
          />
        </Form.Item>
        {scope === "seller" ? (
          <Form.Item name="seller" label={t("seller")} rules={needed}>
            <Select options={choices(sellers)} showSearch={{ optionFilterProp: "label" }} />
          </Form.Item>
        ) : null}
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
        {scope === "region" ? (
          <Form.Item name="region" label={t("region")} rules={needed} extra={t("regionHint")}>
            <Input maxLength={200} placeholder="US/CA" />
          </Form.Item>
        ) : null}
        {scope === "group" ? (
          <Form.Item name="group" label={t("group")} rules={needed}>
            <Select options={choices(groups)} showSearch={{ optionFilterProp: "label" }} />
          </Form.Item>
        ) : null}
        {scope === "contract" ? (
          <Form.Item name="company" label={t("company")} rules={needed}>
            <Select options={choices(companies)} showSearch={{ optionFilterProp: "label" }} />
          </Form.Item>
        ) : null}
        {cost ? (
          <Form.Item name="margin_bp" label={t("margin")} extra={t("marginHint")}>
            <Margin />
          </Form.Item>
        ) : (
          <Form.Item name="basis" label={t("basis")} extra={t("basisHint")}>
            <Select
              options={(["line", "sku", "group", "period"] as const).map((value) => ({
                value,
                label: t(`bases.${value}`),
              }))}
            />
          </Form.Item>
        )}
        <Form.Item name="approval" valuePropName="checked">
          <Checkbox>{t("approvalAsk")}</Checkbox>
        </Form.Item>
      </Form>
    </Modal>
  )
}
