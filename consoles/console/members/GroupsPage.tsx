/** Customer groups: who is in them, and what is made for them. */

import { PlusOutlined } from "@ant-design/icons"
import { send, useAct } from "@kit/api/act"
import { fetcher } from "@kit/api/client"
import { ListPage } from "@kit/list"
import { useTitle } from "@kit/record"
import { useSession } from "@kit/session"
import { Go, useGo } from "@kit/shell/go"
import { useWords } from "@kit/words"
import { Button, Form, Input, Modal } from "antd"
import { useState } from "react"
import { business } from "./business"
import { CODE } from "./CompaniesPage"
import { Tabs } from "./Tabs"

export default function GroupsPage() {
  const t = useWords(business)
  const { may } = useSession()
  const [adding, add] = useState(false)
  useTitle(t("groups"))
  const act = may("member:write") ? (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => add(true)}>
      {t("newGroup")}
    </Button>
  ) : null
  return (
    <>
      <ListPage
        name="member-groups"
        title={t("groups")}
        path="/v1/member-groups"
        row={(one) => one.code}
        open={(one) => `/members/groups/${encodeURIComponent(one.code)}`}
        above={<Tabs here="/members/groups" />}
        action={act}
        columns={[
          {
            key: "name",
            title: t("name"),
            always: true,
            width: "minmax(180px, 2fr)",
            render: (one) => (
              <Go to={`/members/groups/${encodeURIComponent(one.code)}`}>
                <strong className="cut">{one.name}</strong>
              </Go>
            ),
          },
          { key: "code", title: t("code"), width: "160px", render: (one) => <span className="mono">{one.code}</span> },
          {
            key: "who",
            title: t("who"),
            width: "minmax(180px, 1fr)",
            render: (one) => t("count", { members: one.members, companies: one.companies }),
          },
          {
            key: "prices",
            title: t("prices"),
            width: "140px",
            render: (one) => <Go to={`/prices?group=${encodeURIComponent(one.code)}`}>{t("priceLists")}</Go>,
          },
        ]}
        empty={{ title: t("noGroups"), body: t("noGroupsBody"), action: act }}
      />
      {adding ? <NewGroup close={() => add(false)} /> : null}
    </>
  )
}

function NewGroup({ close }: { close: () => void }) {
  const t = useWords(business)
  const go = useGo()
  const [form] = Form.useForm<{ code: string; name: string }>()
  const put = useAct(
    (_key, one: { code: string; name: string }) =>
      send(fetcher.PUT("/v1/member-groups/{code}", { params: { path: { code: one.code } }, body: { name: one.name } })),
    {
      said: t("saved"),
      refresh: ["/v1/member-groups"],
      form,
      then: (answer) => go(`/members/groups/${encodeURIComponent(answer.code)}`),
    },
  )
  const needed = [{ required: true, whitespace: true, message: t("required") }]
  return (
    <Modal
      open
      title={t("newGroup")}
      okText={t("create")}
      cancelText={t("cancel")}
      okButtonProps={{ loading: put.isPending }}
      onCancel={close}
      onOk={() => form.submit()}
    >
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(one) => put.mutate(one)}>
        <Form.Item name="name" label={t("name")} rules={needed}>
          <Input autoFocus maxLength={300} />
        </Form.Item>
        <Form.Item name="code" label={t("code")} rules={[...needed, { pattern: CODE, message: t("badCode") }]}>
          <Input className="mono" maxLength={64} />
        </Form.Item>
      </Form>
    </Modal>
  )
}
