/** One customer group: who is in it; members come and go here, companies where they are kept. */

import { PlusOutlined } from "@ant-design/icons"
import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import { ListPage, type RowOf } from "@kit/list"
import { useTitle } from "@kit/record"
import { useSession } from "@kit/session"
import { Go } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useWords } from "@kit/words"
import { Button, Form, Input, Modal } from "antd"
import { useState } from "react"
import { business } from "./business"
import { Tabs } from "./Tabs"

type Group = RowOf<"/v1/member-groups">

export default function GroupPage() {
  const code = usePlace("group")
  const found = api.useQuery("get", "/v1/member-groups/{code}", { params: { path: { code } } })
  return <Answer of={found}>{(one) => <Shown of={one} />}</Answer>
}

function Shown({ of }: { of: Group }) {
  const t = useWords(business)
  const { may } = useSession()
  const [joining, join] = useState(false)
  const [form] = Form.useForm<{ member: string }>()
  useTitle(of.name)
  const writes = may("member:write")
  const move = useAct(
    (key, change: { join?: string[]; leave?: string[] }) =>
      send(
        fetcher.POST("/v1/member-groups/{code}/members", {
          params: { path: { code: of.code }, header: { "Idempotency-Key": key } },
          body: change as never,
        }),
      ),
    {
      said: (answer) => t(answer.joined ? "joined" : "left"),
      refresh: ["/v1/member-groups"],
      then: () => join(false),
    },
  )
  return (
    <>
      <ListPage
        name="group-members"
        title={of.name}
        path="/v1/member-groups/{code}/members"
        fixed={{ path: { code: of.code } }}
        row={(one) => one.member ?? one.company ?? ""}
        above={<Tabs here="/members/groups" />}
        action={
          writes ? (
            <Button type="primary" icon={<PlusOutlined />} onClick={() => join(true)}>
              {t("join")}
            </Button>
          ) : null
        }
        columns={[
          {
            key: "who",
            title: t("who"),
            always: true,
            width: "minmax(200px, 2fr)",
            render: (one) => (
              <Go to={one.company ? `/members/companies/${encodeURIComponent(one.company)}` : `/members/${one.member}`}>
                {one.name || t("unnamed")}
              </Go>
            ),
          },
          {
            key: "code",
            title: t("code"),
            width: "minmax(160px, 1fr)",
            render: (one) => <span className="mono muted">{one.company ?? one.member}</span>,
          },
          { key: "kind", title: "", width: "110px", render: (one) => (one.company ? t("company") : t("memberOf")) },
          {
            key: "acts",
            title: "",
            width: "110px",
            align: "end",
            render: (one) =>
              writes && one.member ? (
                <Button type="link" size="small" onClick={() => move.mutate({ leave: [one.member ?? ""] })}>
                  {t("leave")}
                </Button>
              ) : null,
          },
        ]}
        empty={{ title: t("empty") }}
      />
      {joining ? (
        <Modal
          open
          title={t("join")}
          okText={t("join")}
          cancelText={t("cancel")}
          okButtonProps={{ loading: move.isPending }}
          onCancel={() => join(false)}
          onOk={() => form.submit()}
        >
          <Form
            form={form}
            layout="vertical"
            requiredMark={false}
            onFinish={(one) => move.mutate({ join: [one.member.trim()] })}
          >
            <Form.Item name="member" label={t("memberOf")} rules={[{ required: true, message: t("required") }]}>
              <Input autoFocus className="mono" placeholder={t("memberHint")} />
            </Form.Item>
          </Form>
        </Modal>
      ) : null}
    </>
  )
}
