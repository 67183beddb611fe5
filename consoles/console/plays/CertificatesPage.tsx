/** What members and companies are certified for: restricted goods are sold to who holds the right one, while it is valid. */

import { PlusOutlined } from "@ant-design/icons"
import { send, useAct } from "@kit/api/act"
import { fetcher } from "@kit/api/client"
import type { components } from "@kit/api/schema.gen"
import { ListPage } from "@kit/list"
import { Status } from "@kit/record"
import { useSession } from "@kit/session"
import { Go } from "@kit/shell/go"
import { useWords } from "@kit/words"
import { App, Button, DatePicker, Form, Input, Modal, Segmented } from "antd"
import dayjs, { type Dayjs } from "dayjs"
import { useState } from "react"
import { When } from "./Editor"
import { words } from "./gate.words"
import { Tabs } from "./Tabs"

type Certificate = components["schemas"]["CertificateView"]

interface Fields {
  holder: "member" | "company"
  who: string
  certifies: string
  number?: string
  valid_from: Dayjs
  valid_to?: Dayjs
}

export default function CertificatesPage() {
  const t = useWords(words)
  const { may } = useSession()
  const { modal } = App.useApp()
  const [adding, add] = useState(false)
  const drop = useAct(
    (_key, one: Certificate) =>
      send(
        fetcher.DELETE("/v1/certificates/{holder}/{who}/{certifies}", {
          params: { path: { holder: one.holder, who: one.id, certifies: one.certifies } },
        }),
      ),
    { said: t("certificateGone"), refresh: ["/v1/certificates"] },
  )
  const writes = may("promotion:write")
  const fresh = writes ? (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => add(true)}>
      {t("newCertificate")}
    </Button>
  ) : null
  return (
    <>
      <ListPage
        name="certificates"
        title={t("certificatesTitle")}
        path="/v1/certificates"
        row={(one) => `${one.holder} ${one.id} ${one.certifies}`}
        above={<Tabs here="certificates" />}
        action={fresh}
        tall
        filters={[
          {
            key: "holder",
            title: t("holder"),
            kind: "choice",
            pinned: true,
            options: (["member", "company"] as const).map((value) => ({ value, label: t(`holderKind.${value}`) })),
          },
        ]}
        columns={[
          {
            key: "name",
            title: t("holder"),
            always: true,
            width: "minmax(200px, 1.4fr)",
            render: (one) =>
              one.holder === "member" ? <Go to={`/members/${one.id}`}>{one.name || one.id}</Go> : one.name || one.id,
          },
          {
            key: "certifies",
            title: t("certifies"),
            width: "minmax(140px, 1fr)",
            render: (one) => <span className="mono">{one.certifies}</span>,
          },
          {
            key: "number",
            title: t("certificateNo"),
            width: "minmax(140px, 1fr)",
            render: (one) => <span className="mono">{one.number}</span>,
          },
          {
            key: "window",
            title: t("window"),
            width: "minmax(280px, 1.4fr)",
            render: (one) => <When from={one.valid_from} to={one.valid_to} />,
          },
          {
            key: "valid",
            title: t("standing"),
            width: "130px",
            render: (one) => (
              <Status tone={one.valid ? "good" : "quiet"}>
                {t(one.valid ? "certificateValid" : "certificateNot")}
              </Status>
            ),
          },
          ...(writes
            ? [
                {
                  key: "drop",
                  title: "",
                  always: true,
                  width: "100px",
                  align: "end" as const,
                  render: (one: Certificate) => (
                    <Button
                      size="small"
                      type="text"
                      danger
                      onClick={() =>
                        modal.confirm({
                          title: t("dropCertificate"),
                          content: `${one.name || one.id} · ${one.certifies}`,
                          okText: t("remove"),
                          cancelText: t("cancel"),
                          onOk: () => drop.mutateAsync(one).catch(() => {}),
                        })
                      }
                    >
                      {t("remove")}
                    </Button>
                  ),
                },
              ]
            : []),
        ]}
        empty={{ title: t("noCertificate"), body: t("noCertificateBody"), action: fresh }}
      />
      {adding ? <Put done={() => add(false)} /> : null}
    </>
  )
}

function Put({ done }: { done: () => void }) {
  const t = useWords(words)
  const [form] = Form.useForm<Fields>()
  const put = useAct(
    (_key, one: Fields) =>
      send(
        fetcher.PUT("/v1/certificates/{holder}/{who}/{certifies}", {
          params: { path: { holder: one.holder, who: one.who.trim(), certifies: one.certifies.trim() } },
          body: {
            valid_from: one.valid_from.toISOString(),
            valid_to: one.valid_to?.toISOString() ?? null,
            number: one.number ?? "",
          },
        }),
      ),
    { said: t("certificatePut"), refresh: ["/v1/certificates"], form, then: done },
  )
  const needed = [{ required: true, message: t("required") }]
  return (
    <Modal
      open
      title={t("newCertificate")}
      okText={t("save2")}
      cancelText={t("cancel")}
      okButtonProps={{ loading: put.isPending }}
      onCancel={done}
      onOk={() => form.submit()}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ holder: "member", valid_from: dayjs().startOf("day") }}
        onFinish={(typed) => put.mutateAsync(typed).catch(() => {})}
      >
        <Form.Item name="holder" label={t("holder")}>
          <Segmented
            options={(["member", "company"] as const).map((value) => ({ value, label: t(`holderKind.${value}`) }))}
          />
        </Form.Item>
        <Form.Item name="who" label={t("who2")} extra={t("who2Hint")} rules={needed}>
          <Input autoFocus className="mono" maxLength={64} />
        </Form.Item>
        <Form.Item
          name="certifies"
          label={t("certifies")}
          extra={t("certificateHint")}
          rules={[...needed, { pattern: /^[a-z0-9_]+$/, message: t("badCertificate") }]}
        >
          <Input className="mono" maxLength={64} />
        </Form.Item>
        <Form.Item name="number" label={t("certificateNo")}>
          <Input className="mono" maxLength={100} />
        </Form.Item>
        <div className="play-pair">
          <Form.Item name="valid_from" label={t("begins")} rules={needed}>
            <DatePicker style={{ width: "100%" }} />
          </Form.Item>
          <Form.Item name="valid_to" label={t("ends")}>
            <DatePicker style={{ width: "100%" }} placeholder={t("openEnd")} />
          </Form.Item>
        </div>
      </Form>
    </Modal>
  )
}
