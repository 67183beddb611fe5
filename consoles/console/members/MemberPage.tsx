/** One person across all channels: who they are, what they bought, what came back, and everything that happened. */

import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import type { EventView, OverviewView } from "@kit/api/schema.gen"
import { countText, Money, moneyText, Time } from "@kit/format"
import { Facts, RecordPage, Section, Status } from "@kit/record"
import { Opens, Rows } from "@kit/record/Rows"
import { useSession } from "@kit/session"
import { Go } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer, Waiting } from "@kit/states"
import { Timeline } from "@kit/timeline"
import { useWords } from "@kit/words"
import { useInfiniteQuery } from "@tanstack/react-query"
import { App, Button, Form, Input, Modal, Select } from "antd"
import { useState } from "react"
import { Wallet } from "../assets/Wallet"
import { happened, happeningsOf } from "../orders/happenings"
import "../orders/orders.css"
import { OrderStatus, worded } from "../orders/said"
import { trade } from "../orders/words"
import { words } from "./words"

export default function MemberPage() {
  const id = usePlace("member")
  const seen = api.useQuery("get", "/v1/members/{member_id}/overview", { params: { path: { member_id: id } } })
  return <Answer of={seen}>{(found) => <Member seen={found} />}</Answer>
}

function Member({ seen }: { seen: OverviewView }) {
  const t = useWords(words)
  const tt = useWords(trade)
  const { may } = useSession()
  const { modal } = App.useApp()
  const [adding, add] = useState(false)
  const one = seen.member
  const path = { member_id: one.member }
  const orders = api.useQuery(
    "get",
    "/v1/orders",
    { params: { query: { member: one.member, limit: 10 } } },
    { enabled: may("order:read") },
  )
  const returns = api.useQuery(
    "get",
    "/v1/returns",
    { params: { query: { member: one.member, limit: 5 } } },
    { enabled: may("care:read") },
  )
  const refresh = ["/v1/members"]
  const block = useAct(
    (key) =>
      send(fetcher.POST("/v1/members/{member_id}/block", { params: { path, header: { "Idempotency-Key": key } } })),
    { said: t("blocked"), refresh },
  )
  const unblock = useAct(
    (key) =>
      send(fetcher.POST("/v1/members/{member_id}/unblock", { params: { path, header: { "Idempotency-Key": key } } })),
    { said: t("unblocked"), refresh },
  )
  const name = one.name || one.identities[0]?.value || t("unnamed")
  return (
    <RecordPage
      title={name}
      back={{ to: "/members", label: t("title") }}
      status={
        <Status tone={one.status === "active" ? "good" : one.status === "blocked" ? "bad" : "quiet"}>
          {tt(`member.${one.status}`)}
        </Status>
      }
      lead={
        <>
          <span className="mono">{one.member}</span> · {t("joined")} <Time at={one.created_at} />
        </>
      }
      actions={
        may("member:write") ? (
          <>
            <Button onClick={() => add(true)}>{t("add")}</Button>
            {one.status === "blocked" ? (
              <Button type="primary" loading={unblock.isPending} onClick={() => unblock.mutate(undefined)}>
                {t("unblock")}
              </Button>
            ) : one.status === "active" ? (
              <Button
                danger
                onClick={() =>
                  modal.confirm({
                    title: `${t("blockAct")}: ${name}`,
                    content: t("blockBody"),
                    okText: t("block"),
                    okButtonProps: { danger: true },
                    cancelText: t("cancel"),
                    onOk: () => block.mutateAsync(undefined).catch(() => undefined),
                  })
                }
              >
                {t("block")}
              </Button>
            ) : null}
          </>
        ) : null
      }
      aside={may("order:read") ? <What member={one.member} /> : undefined}
    >
      <Section title={t("identities")}>
        <Facts
          facts={one.identities.map((id) => [
            tt(`identity.${id.kind}`),
            <span key={id.value} className="num">
              {id.value}
            </span>,
          ])}
        />
      </Section>
      <Section title={t("lifetime")}>
        {seen.figures.length === 0 ? <p className="muted">{t("nothing")}</p> : null}
        {seen.figures.map((figures) => (
          <dl key={figures.currency} className="figures">
            <Figure name={t("spent")}>
              <Money minor={figures.spent} currency={figures.currency} />
            </Figure>
            <Figure name={t("orders")}>
              <Go to={`/orders?member=${one.member}`}>{countText(figures.orders)}</Go>
            </Figure>
            <Figure name={t("average")}>
              {moneyText(
                Math.round((figures.total - figures.canceled - figures.returned) / figures.orders),
                figures.currency,
              )}
            </Figure>
            <Figure name={t("returned")}>
              <Money minor={figures.returned} currency={figures.currency} />
            </Figure>
            <Figure name={t("canceled")}>
              <Money minor={figures.canceled} currency={figures.currency} />
            </Figure>
            <Figure name={t("lastOrder")}>
              <Time at={figures.last_at} />
            </Figure>
          </dl>
        ))}
        <Facts
          facts={[
            [t("open"), seen.open_orders ? countText(seen.open_orders) : null],
            [
              t("returns"),
              seen.returns ? (
                <Go key="r" to={`/returns?member=${one.member}`}>
                  {countText(seen.returns)}
                </Go>
              ) : null,
            ],
            [t("level"), one.level === "basic" ? t("basic") : one.level],
            [
              t("since"),
              seen.figures.length ? (
                <Time key="s" at={seen.figures.map((f) => f.first_at).sort()[0] ?? one.created_at} />
              ) : null,
            ],
          ]}
        />
      </Section>
      {may("asset:read") ? <Wallet member={one.member} /> : null}
      {orders.data?.items.length ? (
        <Section title={t("recent")} extra={<Go to={`/orders?member=${one.member}`}>{t("allOrders")}</Go>}>
          <Rows
            rows={orders.data.items}
            by={(order) => order.id}
            columns={[
              {
                of: (order) => (
                  <Opens to="/orders" id={order.id}>
                    {order.receipt_no ?? order.id}
                  </Opens>
                ),
              },
              { of: (order) => <OrderStatus status={order.status} /> },
              { of: (order) => order.first_title },
              { of: (order) => order.store ?? order.channel },
              { of: (order) => <Time at={order.placed_at} /> },
              { end: true, of: (order) => <Money minor={order.total} currency={order.currency} /> },
            ]}
          />
        </Section>
      ) : null}
      {returns.data?.items.length ? (
        <Section title={t("backs")} extra={<Go to={`/returns?member=${one.member}`}>{t("allReturns")}</Go>}>
          <Rows
            rows={returns.data.items}
            by={(back) => back.id}
            columns={[
              { of: (back) => <Opens to="/returns" id={back.id} /> },
              { of: (back) => worded(tt, "reason", back.reason) },
              { of: (back) => <Time at={back.received_at} /> },
              { end: true, of: (back) => <Money minor={back.refund} currency={back.currency} /> },
            ]}
          />
        </Section>
      ) : null}
      {adding ? <AddIdentity member={one.member} close={() => add(false)} /> : null}
    </RecordPage>
  )
}

function Figure({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="num">{children}</dd>
    </div>
  )
}

type Kind = "phone" | "email" | "card" | "openid"

function AddIdentity({ member, close }: { member: string; close: () => void }) {
  const t = useWords(words)
  const tt = useWords(trade)
  const [form] = Form.useForm<{ kind: Kind; value: string }>()
  const add = useAct(
    (key, wish: { kind: Kind; value: string }) =>
      send(
        fetcher.POST("/v1/members/{member_id}/identities", {
          params: { path: { member_id: member }, header: { "Idempotency-Key": key } },
          body: wish as never,
        }),
      ),
    { said: t("added"), refresh: ["/v1/members"], form, then: close },
  )
  return (
    <Modal
      open
      title={t("add")}
      okText={t("add")}
      cancelText={t("cancel")}
      onCancel={close}
      confirmLoading={add.isPending}
      onOk={() =>
        void form.validateFields().then(
          (wish) => add.mutate(wish),
          () => undefined,
        )
      }
    >
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ kind: "phone", value: "" }}>
        <Form.Item name="kind" label={t("kind")}>
          <Select
            options={(["phone", "email", "card", "openid"] as const).map((value) => ({
              value,
              label: tt(`identity.${value}`),
            }))}
          />
        </Form.Item>
        <Form.Item name="value" label={t("value")} rules={[{ required: true, message: t("value") }]}>
          <Input maxLength={254} />
        </Form.Item>
      </Form>
    </Modal>
  )
}

function What({ member }: { member: string }) {
  const t = useWords(happened)
  const tt = useWords(trade)
  const path = { member_id: member }
  const pages = useInfiniteQuery({
    queryKey: ["get", "/v1/members/{member_id}/timeline", { path }, "pages"],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam }) =>
      send(
        fetcher.GET("/v1/members/{member_id}/timeline", { params: { path, query: { after: pageParam, limit: 50 } } }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const events: EventView[] = pages.data?.pages.flatMap((page) => [...page.items]) ?? []
  if (pages.isPending) return <Waiting rows={6} />
  return (
    <Timeline
      happenings={happeningsOf(events, t, tt, "USD", true)}
      onMore={pages.hasNextPage ? () => void pages.fetchNextPage() : undefined}
    />
  )
}
