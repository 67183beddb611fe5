/** A purchase limit: what it says in a line, who has taken how much, and its terms. */

import { api } from "@kit/api/client"
import type { components } from "@kit/api/schema.gen"
import { QuantityInput } from "@kit/form"
import { countText } from "@kit/format"
import { Section } from "@kit/record"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useWords } from "@kit/words"
import { DatePicker, Form, Input, Radio, Select, Switch } from "antd"
import { ChannelsItem, Editor, GoodsItems, instant, type Version } from "./Editor"
import { words } from "./gate.words"
import { limitSaid } from "./said"

type View = components["schemas"]["LimitView"]
const PERIODS = ["order", "day", "week", "month", "activity", "ever"] as const

export default function LimitPage() {
  const code = usePlace("code")
  const made = code !== "new"
  const asked = api.useQuery("get", "/v1/limits/{code}", { params: { path: { code } } }, { enabled: made })
  return made ? <Answer of={asked}>{(one) => <Limit now={one} />}</Answer> : <Limit now={null} />
}

function Limit({ now }: { now: View | null }) {
  const t = useWords(words)
  const limit = now?.limit
  const initial = limit
    ? { ...limit, valid_from: instant(limit.valid_from), valid_to: instant(limit.valid_to) }
    : { units: 2, period: "month", identity: "member", together: false, goods: {} }
  return (
    <Editor
      kind="limits"
      title={t("limits")}
      newTitle={t("newLimit")}
      now={now as (View & Version) | null}
      initial={initial}
      what={(one) => one.limit}
      live={limit ? <p className="play-sentence">{limitSaid(limit, t)}</p> : null}
      more={now ? <Uses code={now.code} /> : null}
    >
      {() => (
        <>
          <Section title={t("limits")}>
            <div className="play-two">
              <Form.Item name="units" label={t("units")} rules={[{ required: true, message: t("required") }]}>
                <QuantityInput min={1} />
              </Form.Item>
              <Form.Item name="period" label={t("per")}>
                <Select options={PERIODS.map((value) => ({ value, label: t(`period.${value}`) }))} />
              </Form.Item>
            </div>
            <Form.Item name="identity" label={t("identity")}>
              <Radio.Group
                options={(["member", "company"] as const).map((value) => ({
                  value,
                  label: t(`identityKind.${value}`),
                }))}
              />
            </Form.Item>
          </Section>
          <Section title={t("goods")}>
            <GoodsItems />
            <Form.Item name="together" label={t("together")} valuePropName="checked" layout="horizontal">
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
              <ChannelsItem />
              <Form.Item name="play" label={t("play")} extra={t("playHint")}>
                <Input className="mono" maxLength={40} />
              </Form.Item>
            </div>
          </Section>
        </>
      )}
    </Editor>
  )
}

function Uses({ code }: { code: string }) {
  const t = useWords(words)
  const asked = api.useQuery("get", "/v1/limits/{code}/uses", { params: { path: { code } } })
  return (
    <Section title={t("usesTitle")}>
      <Answer of={asked} rows={2}>
        {(told) =>
          told.items.length === 0 ? (
            <p className="muted">{t("usesNone")}</p>
          ) : (
            <table className="play-items">
              <thead>
                <tr>
                  <th>{t("buyer")}</th>
                  <th>{t("goods")}</th>
                  <th>{t("window")}</th>
                  <th>{t("takenUnits")}</th>
                  <th>{t("left")}</th>
                </tr>
              </thead>
              <tbody>
                {told.items.map((use) => (
                  <tr key={`${use.identity} ${use.goods} ${use.period}`}>
                    <td>{use.name || use.identity}</td>
                    <td className="mono">{use.sku ?? t("allGoods")}</td>
                    <td>{use.period === "-" ? "" : use.period}</td>
                    <td>{countText(use.taken)}</td>
                    <td>{countText(use.left)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Answer>
    </Section>
  )
}
