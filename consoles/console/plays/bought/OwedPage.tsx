/** What presales leave behind when somebody withdraws: what sellers owe, and the earnests buyers lost. */

import { send, useAct } from "@kit/api/act"
import { fetcher } from "@kit/api/client"
import type { components } from "@kit/api/schema.gen"
import { Money, Time } from "@kit/format"
import { ListPage } from "@kit/list"
import { Section, Status, useTitle } from "@kit/record"
import { useSession } from "@kit/session"
import { Go } from "@kit/shell/go"
import { type Say, useWords } from "@kit/words"
import { Button, Form, Input, Modal } from "antd"
import { useState } from "react"
import { Tabs } from "../Tabs"
import "./bought.css"
import { words } from "./words"

type Owed = components["schemas"]["CompensationView"]
type Sum = Pick<Owed, "amount" | "currency">

export default function OwedPage() {
  const t = useWords(words)
  const { may } = useSession()
  const [paying, pay] = useState<Owed | null>(null)
  useTitle(t("owed"))
  return (
    <section className="list" aria-label={t("owed")}>
      <header className="list-title">
        <h1>{t("owed")}</h1>
      </header>
      <Tabs here="owed" />
      <div className="bought-owed">
        <Section title={t("owedTitle")}>
          <p className="muted">{t("owedLead")}</p>
          <ListPage
            embedded
            name="compensations"
            title={t("owedTitle")}
            path="/v1/compensations"
            row={(one) => one.id}
            columns={[
              ...whichAndHowMuch(t),
              {
                key: "reason",
                title: t("reason"),
                width: "minmax(140px, 1fr)",
                render: (one) => <span className="mono">{one.reason}</span>,
              },
              { key: "since", title: t("since"), width: "170px", render: (one) => <Time at={one.owed_at} exact /> },
              {
                key: "standing",
                title: t("standing"),
                width: "minmax(200px, 1.2fr)",
                render: (one) =>
                  one.paid_at ? (
                    <Status tone="good">
                      {t("paidBy", { method: one.method ?? "", reference: one.reference ?? "" })}
                    </Status>
                  ) : may("payment:refund") ? (
                    <Button size="small" onClick={() => pay(one)}>
                      {t("payOut")}
                    </Button>
                  ) : (
                    <Status tone="busy">{t("stillOwed")}</Status>
                  ),
              },
            ]}
            empty={{ title: t("noOwed"), body: t("noOwedBody") }}
          />
        </Section>
        <Section title={t("lostTitle")}>
          <p className="muted">{t("lostLead")}</p>
          <ListPage
            embedded
            name="forfeitures"
            title={t("lostTitle")}
            path="/v1/forfeitures"
            row={(one) => one.order}
            columns={[
              ...whichAndHowMuch(t),
              {
                key: "play",
                title: t("through"),
                width: "minmax(140px, 1fr)",
                render: (one) => <span className="mono">{one.play}</span>,
              },
              { key: "when", title: t("when2"), width: "170px", render: (one) => <Time at={one.at} exact /> },
            ]}
            empty={{ title: t("noLost") }}
          />
        </Section>
      </div>
      {paying ? <PayOut of={paying} done={() => pay(null)} /> : null}
    </section>
  )
}

/** The order and its money, with which both lists begin. */
function whichAndHowMuch(t: Say<typeof words.en>) {
  return [
    {
      key: "order",
      title: t("order"),
      always: true,
      width: "minmax(180px, 1fr)",
      render: (one: { order: string }) => <Order id={one.order} />,
    },
    {
      key: "amount",
      title: t("amount2"),
      width: "130px",
      align: "end" as const,
      render: (one: Sum) => <Money minor={one.amount} currency={one.currency} />,
    },
  ]
}

function Order({ id }: { id: string }) {
  return (
    <Go className="mono" to={`/orders/${id}`}>
      {id}
    </Go>
  )
}

function PayOut({ of, done }: { of: Owed; done: () => void }) {
  const t = useWords(words)
  const [form] = Form.useForm<{ method: string; reference: string }>()
  const pay = useAct(
    (key, body: { method: string; reference: string }) =>
      send(
        fetcher.POST("/v1/compensations/{compensation}/pay", {
          params: { path: { compensation: of.id }, header: { "Idempotency-Key": key } },
          body,
        }),
      ),
    { said: t("paidOut"), refresh: ["/v1/compensations"], form, then: done },
  )
  const needed = [{ required: true, whitespace: true, message: t("required") }]
  return (
    <Modal
      open
      title={
        <>
          {t("payOut")} <Money minor={of.amount} currency={of.currency} />
        </>
      }
      okText={t("payOut")}
      cancelText={t("cancel")}
      okButtonProps={{ loading: pay.isPending }}
      onCancel={done}
      onOk={() => form.submit()}
    >
      <Form form={form} layout="vertical" onFinish={(typed) => pay.mutateAsync(typed).catch(() => {})}>
        <Form.Item name="method" label={t("method")} extra={t("methodHint")} rules={needed}>
          <Input autoFocus className="mono" maxLength={64} />
        </Form.Item>
        <Form.Item name="reference" label={t("reference")} rules={needed}>
          <Input className="mono" maxLength={120} />
        </Form.Item>
      </Form>
    </Modal>
  )
}
