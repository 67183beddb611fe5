/** A restriction: where and to whom goods are sold, and what everybody else is told. */

import { api } from "@kit/api/client"
import type { components } from "@kit/api/schema.gen"
import { Section } from "@kit/record"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useWords } from "@kit/words"
import { DatePicker, Form, Input, Switch } from "antd"
import { ChannelsItem, CodesInput, Editor, GoodsItems, instant, type Version } from "./Editor"
import { words } from "./gate.words"
import { asksSaid } from "./said"

type View = components["schemas"]["RestrictionView"]

export default function RestrictionPage() {
  const code = usePlace("code")
  const made = code !== "new"
  const asked = api.useQuery("get", "/v1/restrictions/{code}", { params: { path: { code } } }, { enabled: made })
  return made ? <Answer of={asked}>{(one) => <Restriction now={one} />}</Answer> : <Restriction now={null} />
}

function Restriction({ now }: { now: View | null }) {
  const t = useWords(words)
  const one = now?.restriction
  const initial = one
    ? { ...one, valid_from: instant(one.valid_from), valid_to: instant(one.valid_to) }
    : { goods: {}, members_only: false, companies_only: false }
  const lists = ["levels", "groups", "roles"] as const
  return (
    <Editor
      kind="restrictions"
      title={t("restrictions")}
      newTitle={t("newRestriction")}
      now={now as (View & Version) | null}
      initial={initial}
      what={(version) => version.restriction}
      live={one ? <p className="play-sentence">{asksSaid(one, t)}</p> : null}
    >
      {() => (
        <>
          <Section title={t("reason")}>
            <div className="play-two">
              <Form.Item name="reason" label={t("reason")} rules={[{ required: true, message: t("required") }]}>
                <Input maxLength={200} />
              </Form.Item>
              <Form.Item name="reason_zh" label={t("reasonZh")}>
                <Input maxLength={200} />
              </Form.Item>
            </div>
          </Section>
          <Section title={t("goods")}>
            <GoodsItems />
          </Section>
          <Section title={t("where")}>
            <div className="play-two">
              <Form.Item name="regions_only" label={t("regionsOnly")}>
                <CodesInput hint={t("regionHint")} />
              </Form.Item>
              <Form.Item name="regions_never" label={t("regionsNever")}>
                <CodesInput hint={t("regionHint")} />
              </Form.Item>
              <ChannelsItem name="channels_only" label={t("channelsOnly")} />
              <ChannelsItem />
            </div>
          </Section>
          <Section title={t("who")}>
            <Form.Item name="certificates" label={t("certificates")}>
              <CodesInput hint={t("certificateHint")} />
            </Form.Item>
            <div className="play-two">
              {lists.map((name) => (
                <Form.Item key={name} name={name} label={t(name)}>
                  <CodesInput />
                </Form.Item>
              ))}
            </div>
            <Form.Item name="members_only" label={t("membersOnly")} valuePropName="checked" layout="horizontal">
              <Switch />
            </Form.Item>
            <Form.Item name="companies_only" label={t("companiesOnly")} valuePropName="checked" layout="horizontal">
              <Switch />
            </Form.Item>
          </Section>
          <Section title={t("whenTitle")}>
            <div className="play-two">
              <Form.Item name="valid_from" label={t("begins")}>
                <DatePicker showTime style={{ width: "100%" }} placeholder={t("always")} />
              </Form.Item>
              <Form.Item name="valid_to" label={t("ends")}>
                <DatePicker showTime style={{ width: "100%" }} placeholder={t("openEnd")} />
              </Form.Item>
            </div>
          </Section>
        </>
      )}
    </Editor>
  )
}
