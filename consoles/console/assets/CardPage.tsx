/** One card: what is left on it, whose it is, and everything that moved it. */

import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import type { GiftCardView } from "@kit/api/schema.gen"
import { MoneyInput } from "@kit/form"
import { Money, moneyText, Time } from "@kit/format"
import { Facts, RecordPage, Section } from "@kit/record"
import { useSession } from "@kit/session"
import { Go } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useWords } from "@kit/words"
import { Button, Form, Input, Modal } from "antd"
import { useState } from "react"
import "./assets.css"
import { ActivateDialog } from "./ActivateDialog"
import { Movements } from "./Movements"
import { CardStatus, Ending } from "./said"
import { words } from "./words"

type Act = "block" | "unblock" | "close-out" | "top-up"

export default function CardPage() {
  const id = usePlace("card")
  const seen = api.useQuery("get", "/v1/cards/{card_id}", { params: { path: { card_id: id } } })
  return <Answer of={seen}>{(found) => <Card card={found} />}</Answer>
}

function Card({ card }: { card: GiftCardView }) {
  const t = useWords(words)
  const { may } = useSession()
  const [doing, begin] = useState<Act | "activate">()
  const moved = api.useQuery("get", "/v1/cards/{card_id}/movements", {
    params: { path: { card_id: card.id }, query: { limit: 100 } },
  })
  const writes = may("asset:card")
  return (
    <RecordPage
      title={<Ending of={card.ending} />}
      tab={`···· ${card.ending}`}
      back={{ to: "/cards", label: t("cards") }}
      status={<CardStatus state={card.state} />}
      lead={<span className="mono">{card.id}</span>}
      actions={
        writes && card.state === "active" ? (
          <>
            {card.origin === "sold" ? <Button onClick={() => begin("top-up")}>{t("topUp")}</Button> : null}
            <Button danger onClick={() => begin("block")}>
              {t("block")}
            </Button>
          </>
        ) : writes && card.state === "issued" ? (
          <Button type="primary" onClick={() => begin("activate")}>
            {t("activate")}
          </Button>
        ) : writes && card.state === "blocked" ? (
          <Button onClick={() => begin("unblock")}>{t("unblock")}</Button>
        ) : null
      }
      more={
        may("asset:grant") && (card.state === "active" || card.state === "blocked") && card.left > 0
          ? [{ key: "off", label: t("writeOff"), danger: true, onClick: () => begin("close-out") }]
          : undefined
      }
    >
      <dl className="assets-figures">
        <div>
          <dt>{t("onIt")}</dt>
          <dd>
            <Money minor={card.left} currency={card.currency} />
          </dd>
        </div>
        <div>
          <dt>{t("face")}</dt>
          <dd>
            <Money minor={card.face} currency={card.currency} />
          </dd>
        </div>
      </dl>
      <Section title={t("card")}>
        <Facts
          facts={[
            [t("origin"), card.state === "issued" ? null : t(card.origin === "granted" ? "granted" : "sold")],
            [t("funder"), card.funder],
            [t("method"), card.method],
            [t("reference"), card.reference],
            [t("reason"), card.reason],
            [t("place"), card.place],
            [
              t("member"),
              card.member ? (
                <Go key="m" to={`/members/${card.member}`}>
                  {card.member_name || card.member}
                </Go>
              ) : null,
            ],
            [
              t("batch"),
              <Go key="b" to={`/cards?batch=${card.batch}`} className="mono">
                {card.batch}
              </Go>,
            ],
            [t("issued"), <Time key="i" at={card.issued_at} />],
            [t("cardExpiry"), card.expires_at ? <Time key="x" at={card.expires_at} /> : t("never")],
          ]}
        />
      </Section>
      <Section title={t("movements")}>
        <Answer of={moved}>{(page) => <Movements rows={page.items} currency={card.currency} />}</Answer>
      </Section>
      {doing === "activate" ? (
        <ActivateDialog cards={[card]} close={() => begin(undefined)} />
      ) : doing ? (
        <Doing card={card} act={doing} close={() => begin(undefined)} />
      ) : null}
    </RecordPage>
  )
}

interface Fields {
  reason: string
  amount: number | null
  method: string
}

function Doing({ card, act, close }: { card: GiftCardView; act: Act; close: () => void }) {
  const t = useWords(words)
  const [form] = Form.useForm<Fields>()
  const amount = Form.useWatch("amount", form)
  const path = { card_id: card.id }
  const run = useAct(
    (key, one: Fields) => {
      const params = { path, header: { "Idempotency-Key": key } }
      const body = { reason: one.reason }
      if (act === "top-up")
        return send(
          fetcher.POST("/v1/cards/{card_id}/top-ups", {
            params,
            body: { amount_minor: one.amount ?? 0, sold: { method: one.method, reference: one.reason ?? "" } } as never,
          }),
        )
      if (act === "block") return send(fetcher.POST("/v1/cards/{card_id}/block", { params, body }))
      if (act === "unblock") return send(fetcher.POST("/v1/cards/{card_id}/unblock", { params, body }))
      return send(fetcher.POST("/v1/cards/{card_id}/close-out", { params, body }))
    },
    { said: t("changed"), refresh: ["/v1/cards", "/v1/assets"], form, then: close },
  )
  const name = { block: "block", unblock: "unblock", "close-out": "writeOff", "top-up": "topUp" } as const
  const needed = [{ required: true, message: t("required") }]
  return (
    <Modal
      open
      title={
        <>
          {t(name[act])} <Ending of={card.ending} />
        </>
      }
      okText={
        act === "top-up" && typeof amount === "number"
          ? t("topUpNow", { amount: moneyText(amount, card.currency) })
          : t(name[act])
      }
      okButtonProps={{ danger: act === "block" || act === "close-out" }}
      cancelText={t("cancel")}
      confirmLoading={run.isPending}
      onCancel={close}
      onOk={() => form.submit()}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ method: "cash" }}
        onFinish={(one) => run.mutate(one)}
      >
        {act === "close-out" ? <p>{t("writeOffBody", { amount: moneyText(card.left, card.currency) })}</p> : null}
        {act === "top-up" ? (
          <>
            <Form.Item name="amount" label={t("amount")} rules={needed}>
              <MoneyInput currency={card.currency} autoFocus />
            </Form.Item>
            <Form.Item name="method" label={t("method")} rules={needed}>
              <Input maxLength={64} />
            </Form.Item>
            <Form.Item name="reason" label={t("reference")}>
              <Input maxLength={200} />
            </Form.Item>
          </>
        ) : (
          <Form.Item name="reason" label={t("reason")} rules={needed}>
            <Input autoFocus maxLength={200} />
          </Form.Item>
        )}
      </Form>
    </Modal>
  )
}
