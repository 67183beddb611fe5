/** Printed cards become worth their face, one or many at once. Each stands or falls alone, and every refusal is told. */

import { send, useAct } from "@kit/api/act"
import { api, fetcher, problemOf } from "@kit/api/client"
import type { GiftCardView } from "@kit/api/schema.gen"
import { moneyText } from "@kit/format"
import { problemText } from "@kit/states"
import { useWords } from "@kit/words"
import { Form, Modal, Select } from "antd"
import { useState } from "react"
import "./assets.css"
import { type Origin, OriginFields, originOf } from "./Origin"
import { Ending } from "./said"
import { words } from "./words"

interface Fields extends Origin {
  channel: string
}

interface Refusal {
  card: GiftCardView
  why: string
}

export function ActivateDialog({ cards, close }: { cards: readonly GiftCardView[]; close: () => void }) {
  const t = useWords(words)
  const [form] = Form.useForm<Fields>()
  const [refused, tell] = useState<readonly Refusal[]>([])
  const currencies = [...new Set(cards.map((one) => one.currency))]
  const channels = api.useQuery("get", "/v1/channels", {})
  const offered = channels.data?.items.filter((one) => currencies.includes(one.currency))
  const worth = currencies
    .map((currency) => {
      const faces = cards.filter((one) => one.currency === currency).map((one) => one.face)
      return moneyText(
        faces.reduce((all, one) => all + one, 0),
        currency,
      )
    })
    .join(" + ")
  const left = refused.length ? refused.map((one) => one.card) : cards
  const activate = useAct(
    async (key, fields: Fields) => {
      const outcomes: Refusal[] = []
      for (const card of left) {
        const params = { path: { card_id: card.id }, header: { "Idempotency-Key": `${key} ${card.id}` } }
        const body = { channel: fields.channel, ...originOf(fields) } as never
        try {
          await send(fetcher.POST("/v1/cards/{card_id}/activate", { params, body }))
        } catch (thrown) {
          const problem = problemOf(thrown)
          // One card is a form like any other; of many, what was refused is told when all have been asked.
          if (!problem || cards.length === 1) throw thrown
          outcomes.push({ card, why: problemText(problem).detail || problemText(problem).title })
        }
      }
      return outcomes
    },
    {
      said: (outcomes) => t("activated", { count: left.length - outcomes.length }),
      refresh: ["/v1/cards", "/v1/assets"],
      form,
      then: (outcomes) => (outcomes.length ? tell(outcomes) : close()),
    },
  )
  return (
    <Modal
      open
      title={
        cards.length === 1 ? (
          <>
            {t("activate")} <Ending of={cards[0]?.ending ?? ""} />
          </>
        ) : (
          t("activateMany", { count: cards.length })
        )
      }
      okText={t(refused.length ? "activateAgain" : "activateNow", { amount: worth, count: refused.length })}
      cancelText={t("cancel")}
      confirmLoading={activate.isPending}
      onCancel={close}
      onOk={() => form.submit()}
    >
      <p className="muted">{t("activateBody")}</p>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ how: "sold", method: "cash" }}
        onFinish={(one) => activate.mutate(one)}
      >
        <Form.Item name="channel" label={t("channel")} rules={[{ required: true, message: t("required") }]}>
          <Select
            options={offered?.map((one) => ({ value: one.code, label: one.name }))}
            loading={channels.isPending}
          />
        </Form.Item>
        <OriginFields />
      </Form>
      {refused.length ? (
        <ul className="assets-refused" aria-live="polite">
          {refused.map(({ card, why }) => (
            <li key={card.id}>
              <Ending of={card.ending} /> {why}
            </li>
          ))}
        </ul>
      ) : null}
    </Modal>
  )
}
