/** One company: its name, region and groups, who buys for it, and the way to its prices. */

import { DeleteOutlined, PlusOutlined } from "@ant-design/icons"
import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import { PageForm } from "@kit/form"
import type { RowOf } from "@kit/list"
import { RecordPage, Section, Status } from "@kit/record"
import { useSession } from "@kit/session"
import { Go } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useWords } from "@kit/words"
import { Button, Form, Input, Select } from "antd"
import "./members.css"
import { choices, type Named, useAll } from "../products/catalog"
import { business } from "./business"

type Company = RowOf<"/v1/companies">
interface Fields {
  name: string
  region: string
  groups: string[]
  buyers: { member: string; role: "buyer" | "approver" | "owner" }[]
}

export default function CompanyPage() {
  const code = usePlace("company")
  const found = api.useQuery("get", "/v1/companies/{code}", { params: { path: { code } } })
  return <Answer of={found}>{(one) => <Shown of={one} />}</Answer>
}

function Shown({ of }: { of: Company }) {
  const t = useWords(business)
  const { may } = useSession()
  const [form] = Form.useForm<Fields>()
  const groups = useAll<Named>("/v1/member-groups")
  const writes = may("member:write")
  const names = new Map(of.buyers.map((one) => [one.member, one.name]))
  const put = useAct(
    (_key, change: Partial<Fields> & { active?: boolean }) =>
      send(
        fetcher.PUT("/v1/companies/{code}", {
          params: { path: { code: of.code } },
          body: {
            name: of.name,
            region: of.region,
            groups: of.groups,
            buyers: of.buyers.map(({ member, role }) => ({ member, role })),
            active: of.active,
            ...change,
          } as never,
        }),
      ),
    { said: t("saved"), refresh: ["/v1/companies", "/v1/member-groups"], form },
  )
  const needed = [{ required: true, whitespace: true, message: t("required") }]
  return (
    <RecordPage
      title={of.name}
      back={{ to: "/members/companies", label: t("companies") }}
      status={<Status tone={of.active ? "good" : "bad"}>{t(of.active ? "active" : "blocked")}</Status>}
      lead={<span className="mono">{of.code}</span>}
      actions={
        writes ? (
          <Button type="primary" loading={put.isPending} onClick={() => form.submit()}>
            {t("save")}
          </Button>
        ) : null
      }
      more={
        writes
          ? [
              {
                key: "block",
                label: t(of.active ? "block" : "unblock"),
                danger: of.active,
                onClick: () => put.mutate({ active: !of.active }),
              },
            ]
          : undefined
      }
      aside={
        <Section title={t("prices")}>
          <p>
            <Go to={`/prices?company=${encodeURIComponent(of.code)}`}>{t("priceLists")}</Go>
          </p>
          <p>
            <Go to={`/prices/negotiations?company=${encodeURIComponent(of.code)}`}>{t("talks")}</Go>
          </p>
        </Section>
      }
    >
      <PageForm<Fields>
        form={form}
        disabled={!writes}
        initialValues={{ name: of.name, region: of.region, groups: of.groups, buyers: of.buyers }}
        onFinish={(one) =>
          put.mutateAsync({
            name: one.name,
            region: one.region.trim(),
            groups: one.groups,
            buyers: one.buyers.map(({ member, role }) => ({ member: member.trim(), role })),
          })
        }
      >
        <div className="company-fields">
          <Form.Item name="name" label={t("name")} rules={needed}>
            <Input maxLength={300} />
          </Form.Item>
          <Form.Item name="region" label={t("region")} extra={t("regionHint")}>
            <Input maxLength={200} placeholder="US/CA" />
          </Form.Item>
          <Form.Item name="groups" label={t("inGroups")}>
            <Select mode="multiple" options={choices(groups)} />
          </Form.Item>
        </div>
        <Section title={t("buyers")}>
          <Form.List name="buyers">
            {(rows, { add, remove }) => (
              <>
                {rows.length ? null : <p className="muted">{t("nobody")}</p>}
                {rows.map(({ key, name }) => {
                  const known = form.getFieldValue(["buyers", name, "member"]) as string | undefined
                  return (
                    <div className="company-buyer" key={key}>
                      {known && names.has(known) ? (
                        <Go to={`/members/${known}`}>{names.get(known) || t("unnamed")}</Go>
                      ) : (
                        <span className="muted">{t("memberOf")}</span>
                      )}
                      <Form.Item name={[name, "member"]} rules={needed}>
                        <Input className="mono" placeholder={t("memberHint")} aria-label={t("memberOf")} />
                      </Form.Item>
                      <Form.Item name={[name, "role"]}>
                        <Select
                          aria-label={t("role")}
                          options={(["buyer", "approver", "owner"] as const).map((value) => ({
                            value,
                            label: t(`roles.${value}`),
                          }))}
                        />
                      </Form.Item>
                      <Button
                        type="text"
                        icon={<DeleteOutlined />}
                        aria-label={t("remove")}
                        onClick={() => remove(name)}
                      />
                    </div>
                  )
                })}
                <Button type="dashed" icon={<PlusOutlined />} onClick={() => add({ role: "buyer" })}>
                  {t("addBuyer")}
                </Button>
              </>
            )}
          </Form.List>
        </Section>
      </PageForm>
    </RecordPage>
  )
}
