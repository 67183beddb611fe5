/** The prices of a list over time: what holds now, what comes, what is over; set, ended, taken back. */

import { PlusOutlined } from "@ant-design/icons"
import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import { MoneyInput, QuantityInput } from "@kit/form"
import { Money, moneyText, Quantity, Time } from "@kit/format"
import { ListPage as List, type RowOf, useSearchState } from "@kit/list"
import { Status, useTitle } from "@kit/record"
import { useSession } from "@kit/session"
import { Go, useGo } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useWords } from "@kit/words"
import { App, Button, DatePicker, Dropdown, Form, Input, Modal } from "antd"
import type { Dayjs } from "dayjs"
import { useState } from "react"
import "./prices.css"
import { ForWhom, InUse } from "./ListsPage"
import { standing, Validity } from "./Validity"
import { words } from "./words"

type Row = RowOf<"/v1/price-lists/{code}/prices">
type PriceList = RowOf<"/v1/price-lists">

export default function ListPage() {
  const code = usePlace("list")
  const list = api.useQuery("get", "/v1/price-lists/{code}", { params: { path: { code } } })
  return <Answer of={list}>{(found) => <Prices list={found} />}</Answer>
}

function Prices({ list }: { list: PriceList }) {
  const t = useWords(words)
  const go = useGo()
  const { may } = useSession()
  const { modal } = App.useApp()
  const [search] = useSearchState()
  const [setting, set] = useState<{ sku?: string; amount?: number }>()
  useTitle(list.name)
  const writes = may("pricing:write")
  const put = useAct(
    (_key, active: boolean) =>
      send(
        fetcher.PUT("/v1/price-lists/{code}", {
          params: { path: { code: list.code } },
          body: { name: list.name, currency: list.currency, channel: list.channel, store: list.store, active },
        }),
      ),
    { said: t("saved"), refresh: ["/v1/price-lists", "/v1/prices"] },
  )
  const end = useAct(
    (key, price: string) =>
      send(
        fetcher.POST("/v1/prices/{price}/end", {
          params: { path: { price }, header: { "Idempotency-Key": key } },
          body: {} as never,
        }),
      ),
    {
      said: (answer) => t(answer.outcome === "taken_back" ? "takenBack" : "ended"),
      refresh: ["/v1/price-lists", "/v1/prices", "/v1/products"],
    },
  )
  function askEnd(one: Row) {
    const later = standing(one) === "later"
    modal.confirm({
      title: t("endTitle"),
      content: later ? t("takeBackBody") : t("endBody", { sku: one.sku, quantity: one.min_quantity }),
      okText: t(later ? "takeBack" : "endNow"),
      cancelText: t("cancel"),
      okButtonProps: { danger: true },
      onOk: () => end.mutateAsync(one.price).catch(() => undefined),
    })
  }
  return (
    <>
      <List
        name="prices"
        title={list.name}
        path="/v1/price-lists/{code}/prices"
        fixed={{ path: { code: list.code } }}
        row={(one) => one.price}
        search={{ key: "sku", hint: t("findSku") }}
        filters={[
          {
            key: "at",
            title: t("when"),
            kind: "choice",
            pinned: true,
            options: [{ value: search.at ?? new Date().toISOString(), label: t("nowOnly") }],
          },
        ]}
        above={
          <div className="price-lead">
            <Go to="/prices">{t("back")}</Go>
            <span className="mono">{list.code}</span>
            <span>
              {t("for")}: <ForWhom list={list} />
            </span>
            <span>{list.currency}</span>
            <InUse active={list.active} />
          </div>
        }
        columns={[
          {
            key: "sku",
            title: t("sku"),
            always: true,
            width: "minmax(150px, 1.4fr)",
            render: (one) => <span className="mono cut">{one.sku}</span>,
          },
          {
            key: "price",
            title: `${t("price")} (${list.currency})`,
            width: "150px",
            align: "end",
            render: (one) =>
              one.per === 1 ? (
                <Money minor={one.amount_minor} currency={list.currency} />
              ) : (
                t("per", { amount: moneyText(one.amount_minor, list.currency), per: one.per })
              ),
          },
          {
            key: "quantity",
            title: t("fromQuantity"),
            width: "110px",
            align: "end",
            render: (one) => <Quantity count={one.min_quantity} />,
          },
          { key: "status", title: t("status"), width: "130px", render: (one) => <Word of={one} /> },
          {
            key: "validity",
            title: t("validity"),
            width: "minmax(160px, 1.6fr)",
            render: (one) => <Validity from={one.valid_from} to={one.valid_to} />,
          },
          { key: "from", title: t("from"), width: "130px", render: (one) => <Time at={one.valid_from} /> },
          {
            key: "to",
            title: t("until"),
            width: "130px",
            render: (one) => (one.valid_to ? <Time at={one.valid_to} /> : <span className="muted">{t("open")}</span>),
          },
          {
            key: "acts",
            title: "",
            width: "150px",
            align: "end",
            render: (one) => (
              <span className="row-acts">
                <Button type="link" size="small" onClick={() => go(`/prices/why?${whyOf(one, list)}`)}>
                  {t("why")}
                </Button>
                {writes && standing(one) !== "over" ? (
                  <Button type="link" size="small" danger onClick={() => askEnd(one)}>
                    {t("end")}
                  </Button>
                ) : null}
              </span>
            ),
          },
        ]}
        action={
          writes ? (
            <>
              <Dropdown
                trigger={["click"]}
                menu={{
                  items: [
                    { key: "import", label: t("import"), onClick: () => go("/imports?kind=prices") },
                    {
                      key: "use",
                      label: t(list.active ? "withdraw" : "reuse"),
                      danger: list.active,
                      onClick: () => put.mutate(!list.active),
                    },
                  ],
                }}
              >
                <Button aria-label="…">…</Button>
              </Dropdown>
              <Button type="primary" icon={<PlusOutlined />} onClick={() => set({ sku: search.sku })}>
                {t("set")}
              </Button>
            </>
          ) : null
        }
        empty={{ title: t("none"), body: t("noneBody") }}
      />
      {setting ? <SetPrice list={list} sku={setting.sku} close={() => set(undefined)} /> : null}
    </>
  )
}

function whyOf(one: Row, list: PriceList): string {
  return new URLSearchParams({
    sku: one.sku,
    quantity: String(one.min_quantity),
    ...(list.channel ? { channel: list.channel } : {}),
    ...(list.store ? { store: list.store } : {}),
  }).toString()
}

function Word({ of }: { of: Row }) {
  const t = useWords(words)
  const at = standing(of)
  return <Status tone={at === "now" ? "good" : at === "later" ? "warn" : "quiet"}>{t(at)}</Status>
}

interface Fields {
  sku: string
  amount: number | null
  per: number
  min_quantity: number
  from?: Dayjs
  to?: Dayjs
}

function SetPrice({ list, sku, close }: { list: PriceList; sku?: string; close: () => void }) {
  const t = useWords(words)
  const [form] = Form.useForm<Fields>()
  const amount = Form.useWatch("amount", form)
  const put = useAct(
    (_key, one: Fields) =>
      send(
        fetcher.PUT("/v1/price-lists/{code}/prices", {
          params: { path: { code: list.code } },
          body: {
            prices: [
              {
                sku: one.sku.trim(),
                amount_minor: one.amount ?? 0,
                per: one.per,
                min_quantity: one.min_quantity,
                ...(one.from ? { valid_from: one.from.toISOString() } : {}),
                ...(one.to ? { valid_to: one.to.toISOString() } : {}),
              },
            ] as never,
          },
        }),
      ),
    {
      said: (answer) => t("did", { created: answer.created, changed: answer.changed }) || t("same"),
      refresh: ["/v1/price-lists", "/v1/prices", "/v1/products"],
      then: close,
    },
  )
  const needed = [{ required: true, message: t("required") }]
  return (
    <Modal
      open
      title={t("setTitle", { list: list.name })}
      okText={typeof amount === "number" ? t("setNow", { amount: moneyText(amount, list.currency) }) : t("setPlain")}
      cancelText={t("cancel")}
      okButtonProps={{ loading: put.isPending }}
      onCancel={close}
      onOk={() => form.submit()}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ sku, per: 1, min_quantity: 1 }}
        onFinish={(one) => put.mutate(one)}
      >
        <Form.Item name="sku" label={t("sku")} rules={needed}>
          <Input autoFocus={!sku} className="mono" maxLength={64} />
        </Form.Item>
        <div className="price-fields">
          <Form.Item name="amount" label={t("price")} rules={needed}>
            <MoneyInput currency={list.currency} autoFocus={Boolean(sku)} />
          </Form.Item>
          <Form.Item name="per" label={t("perUnits")} rules={needed}>
            <QuantityInput min={1} />
          </Form.Item>
          <Form.Item name="min_quantity" label={t("fromQuantity")} rules={needed}>
            <QuantityInput min={1} />
          </Form.Item>
        </div>
        <div className="price-fields">
          <Form.Item name="from" label={t("begins")} extra={t("fromNow")}>
            <DatePicker showTime style={{ width: "100%" }} />
          </Form.Item>
          <Form.Item name="to" label={t("ends")}>
            <DatePicker showTime style={{ width: "100%" }} placeholder={t("open")} />
          </Form.Item>
        </div>
      </Form>
    </Modal>
  )
}
