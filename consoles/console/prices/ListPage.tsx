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
import { App, Button, DatePicker, Dropdown, Form, Input, InputNumber, Modal, Segmented, Select } from "antd"
import type { Dayjs } from "dayjs"
import { useState } from "react"
import "./prices.css"
import { choices, type Named, useAll } from "../products/catalog"
import { agreeing } from "./agreeing"
import { Approval, ForWhom, InUse, Margin } from "./ListsPage"
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
  const a = useWords(agreeing)
  const go = useGo()
  const { may } = useSession()
  const { modal } = App.useApp()
  const [search] = useSearchState()
  const [setting, set] = useState<{ sku?: string; amount?: number }>()
  const [margin, setMargin] = useState<number | null>()
  useTitle(list.name)
  const writes = may("pricing:write")
  const put = useAct(
    (_key, change: { active?: boolean; approval?: boolean; margin_bp?: number | null }) =>
      send(
        fetcher.PUT("/v1/price-lists/{code}", {
          params: { path: { code: list.code } },
          body: { active: list.active, ...asKept(list), ...change },
        }),
      ),
    { said: t("saved"), refresh: ["/v1/price-lists", "/v1/prices"] },
  )
  const propose = useAct(
    (key, price: string) =>
      send(
        fetcher.POST("/v1/price-proposals", {
          params: { header: { "Idempotency-Key": key } },
          body: { list: list.code, ends: [{ price }] } as never,
        }),
      ),
    { said: t("proposed"), refresh: ["/v1/price-lists", "/v1/price-proposals"] },
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
      okText: t(list.approval ? "proposeEnd" : later ? "takeBack" : "endNow"),
      cancelText: t("cancel"),
      okButtonProps: { danger: true },
      onOk: () =>
        (list.approval ? propose : end).mutateAsync(one.price).then(
          () => undefined,
          () => undefined,
        ),
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
            {list.basis === "line" ? null : <span>{t(`bases.${list.basis}`)}</span>}
            {list.approval ? <Approval list={list} /> : null}
            <InUse active={list.active} />
            {list.role === "cost" ? (
              <span>
                {typeof list.margin_bp === "number"
                  ? t("marginAsked", { rate: list.margin_bp / 100 })
                  : t("marginNone")}
              </span>
            ) : null}
            {list.kind === "contract" ? <Categories list={list} /> : null}
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
              one.off_bp ? (
                a("off", { rate: one.off_bp / 100 })
              ) : one.per === 1 ? (
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
            render: (one) => (
              <>
                <Quantity count={one.min_quantity} />
                {one.mix ? <small className="muted"> {one.mix}</small> : null}
                {one.quota ? <small className="muted"> ≤ {one.quota}</small> : null}
              </>
            ),
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
                    ...(list.role === "sale" && may("simulation:run")
                      ? [
                          {
                            key: "simulate",
                            label: t("simulate"),
                            onClick: () => go(`/simulator/new?price_list=${encodeURIComponent(list.code)}`),
                          },
                        ]
                      : []),
                    {
                      key: "use",
                      label: t(list.active ? "withdraw" : "reuse"),
                      danger: list.active,
                      onClick: () => put.mutate({ active: !list.active }),
                    },
                    ...(list.role === "cost"
                      ? [{ key: "margin", label: t("marginChange"), onClick: () => setMargin(list.margin_bp ?? null) }]
                      : []),
                    {
                      key: "approval",
                      label: t(list.approval ? "noApproval" : "needApproval"),
                      disabled: list.approval && !may("price:approve"),
                      onClick: () => put.mutate({ approval: !list.approval }),
                    },
                  ],
                }}
              >
                <Button aria-label="…">…</Button>
              </Dropdown>
              <Button type="primary" icon={<PlusOutlined />} onClick={() => set({ sku: search.sku })}>
                {t(list.approval ? "propose" : "set")}
              </Button>
            </>
          ) : null
        }
        empty={{ title: t("noPrices"), body: t("noPricesBody") }}
      />
      {margin !== undefined ? (
        <Modal
          open
          title={t("marginChange")}
          okText={t("marginSet")}
          cancelText={t("cancel")}
          okButtonProps={{ loading: put.isPending }}
          onCancel={() => setMargin(undefined)}
          onOk={() =>
            put.mutateAsync({ margin_bp: margin }).then(
              () => setMargin(undefined),
              () => undefined,
            )
          }
        >
          <p className="muted">{t("marginHint")}</p>
          <Margin value={margin} onChange={setMargin} />
        </Modal>
      ) : null}
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
    ...(list.region ? { region: list.region } : {}),
    ...(list.group ? { group: list.group } : {}),
    ...(list.company ? { company: list.company } : {}),
  }).toString()
}

function Word({ of }: { of: Row }) {
  const t = useWords(words)
  const at = standing(of)
  return <Status tone={at === "now" ? "good" : at === "later" ? "warn" : "quiet"}>{t(at)}</Status>
}

/** A list as it is, to be put with something changed. */
function asKept(list: PriceList) {
  const { name, currency, channel, store, region, group, company, seller, role, basis, approval, margin_bp } = list
  return { name, currency, channel, store, region, group, company, seller, role, basis, approval, margin_bp }
}

/** What a contract takes off whole categories. */
function Categories({ list }: { list: PriceList }) {
  const t = useWords(agreeing)
  const rates = api.useQuery("get", "/v1/price-lists/{code}/categories", {
    params: { path: { code: list.code }, query: { limit: 250 } },
  })
  const now = (rates.data?.items ?? []).filter((one) => standing(one) !== "over")
  return now.map((one) => (
    <span key={one.price} className="price-tag">
      {one.category_name}: {t("off", { rate: one.off_bp / 100 })}
      {one.min_quantity > 1 ? ` ≥ ${one.min_quantity}` : ""}
    </span>
  ))
}

interface Fields {
  how: "amount" | "rate" | "category"
  sku: string
  category?: string
  rate?: number
  mix?: string
  quota?: number | null
  note?: string
  amount: number | null
  per: number
  min_quantity: number
  from?: Dayjs
  to?: Dayjs
}

/** What was filled in, as the API takes it: a price, or a rate off the base price. */
function changeOf(one: Fields): object {
  const shared = {
    min_quantity: one.min_quantity,
    ...(one.from ? { valid_from: one.from.toISOString() } : {}),
    ...(one.to ? { valid_to: one.to.toISOString() } : {}),
    ...(one.mix?.trim() ? { mix: one.mix.trim() } : {}),
    ...(one.quota ? { quota: one.quota } : {}),
  }
  if (one.how === "amount")
    return { prices: [{ ...shared, sku: one.sku.trim(), amount_minor: one.amount ?? 0, per: one.per }] }
  const off_bp = Math.round((one.rate ?? 0) * 100)
  return {
    rates: [{ ...shared, off_bp, ...(one.how === "category" ? { category: one.category } : { sku: one.sku.trim() }) }],
  }
}

function SetPrice({ list, sku, close }: { list: PriceList; sku?: string; close: () => void }) {
  const t = useWords(words)
  const a = useWords(agreeing)
  const [form] = Form.useForm<Fields>()
  const amount = Form.useWatch("amount", form)
  const how = Form.useWatch("how", form)
  const categories = useAll<Named>("/v1/categories", how === "category")
  const put = useAct(
    async (key, one: Fields) => {
      const body = changeOf(one)
      if (!list.approval)
        return send(
          fetcher.PUT("/v1/price-lists/{code}/prices", { params: { path: { code: list.code } }, body: body as never }),
        )
      await send(
        fetcher.POST("/v1/price-proposals", {
          params: { header: { "Idempotency-Key": key } },
          body: { list: list.code, note: one.note ?? "", ...body } as never,
        }),
      )
      return null
    },
    {
      said: (answer) =>
        answer === null ? t("proposed") : t("did", { created: answer.created, changed: answer.changed }) || t("same"),
      refresh: ["/v1/price-lists", "/v1/price-proposals", "/v1/prices", "/v1/products"],
      then: close,
    },
  )
  const needed = [{ required: true, message: t("required") }]
  return (
    <Modal
      open
      title={t("setTitle", { list: list.name })}
      okText={
        list.approval
          ? t("propose")
          : how === "amount" && typeof amount === "number"
            ? t("setNow", { amount: moneyText(amount, list.currency) })
            : t("setPlain")
      }
      cancelText={t("cancel")}
      okButtonProps={{ loading: put.isPending }}
      onCancel={close}
      onOk={() => form.submit()}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ how: "amount", sku, per: 1, min_quantity: 1 }}
        onFinish={(one) => put.mutate(one)}
      >
        {list.kind === "base" || list.role === "cost" ? (
          <Form.Item name="how" hidden>
            <Input />
          </Form.Item>
        ) : (
          <Form.Item name="how" label={t("how")}>
            <Segmented
              options={(["amount", "rate", "category"] as const)
                .filter((value) => value !== "category" || (list.kind === "contract" && list.role === "sale"))
                .map((value) => ({ value, label: t(`hows.${value}`) }))}
            />
          </Form.Item>
        )}
        {how === "category" ? (
          <Form.Item name="category" label={t("category")} rules={needed}>
            <Select options={choices(categories)} showSearch={{ optionFilterProp: "label" }} />
          </Form.Item>
        ) : (
          <Form.Item name="sku" label={t("sku")} rules={needed}>
            <Input autoFocus={!sku} className="mono" maxLength={64} />
          </Form.Item>
        )}
        <div className="price-fields">
          {how === "amount" || !how ? (
            <>
              <Form.Item name="amount" label={t("price")} rules={needed}>
                <MoneyInput currency={list.currency} autoFocus={Boolean(sku)} />
              </Form.Item>
              <Form.Item name="per" label={t("perUnits")} rules={needed}>
                <QuantityInput min={1} />
              </Form.Item>
            </>
          ) : (
            <Form.Item name="rate" label={t("rateOff")} rules={needed}>
              <InputNumber min={0.01} max={100} step={0.5} precision={2} suffix="%" style={{ width: "100%" }} />
            </Form.Item>
          )}
          <Form.Item name="min_quantity" label={t("fromQuantity")} rules={needed}>
            <QuantityInput min={1} />
          </Form.Item>
          {list.basis === "group" && how !== "category" ? (
            <Form.Item name="mix" label={t("mix")} extra={t("mixHint")}>
              <Input maxLength={64} className="mono" />
            </Form.Item>
          ) : null}
          {list.kind === "contract" && list.role === "sale" && how !== "category" ? (
            <Form.Item name="quota" label={t("quota")} extra={t("quotaHint")}>
              <QuantityInput min={1} />
            </Form.Item>
          ) : null}
        </div>
        <div className="price-fields">
          <Form.Item name="from" label={t("begins")} extra={t("fromNow")}>
            <DatePicker showTime style={{ width: "100%" }} />
          </Form.Item>
          <Form.Item name="to" label={t("ends")}>
            <DatePicker showTime style={{ width: "100%" }} placeholder={t("open")} />
          </Form.Item>
        </div>
        {list.approval ? (
          <Form.Item name="note" label={a("note")}>
            <Input.TextArea rows={2} maxLength={1000} />
          </Form.Item>
        ) : null}
      </Form>
    </Modal>
  )
}
