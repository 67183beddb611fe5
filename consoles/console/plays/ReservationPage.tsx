/** A reservation: who has signed up, who has the right, and its terms. */

import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import type { components } from "@kit/api/schema.gen"
import { QuantityInput } from "@kit/form"
import { countText, Time } from "@kit/format"
import { Facts, Section } from "@kit/record"
import { useSession } from "@kit/session"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useWords } from "@kit/words"
import { Button, DatePicker, Form, Radio } from "antd"
import dayjs from "dayjs"
import { ChannelsItem, CodesInput, Editor, instant, type Version } from "./Editor"
import { words } from "./gate.words"

type View = components["schemas"]["ReservationView"]
const TIMES = ["signup_from", "signup_to", "buy_from", "buy_to"] as const

export default function ReservationPage() {
  const code = usePlace("code")
  const made = code !== "new"
  const asked = api.useQuery("get", "/v1/reservations/{code}", { params: { path: { code } } }, { enabled: made })
  return made ? <Answer of={asked}>{(one) => <Reservation now={one} />}</Answer> : <Reservation now={null} />
}

function Reservation({ now }: { now: View | null }) {
  const t = useWords(words)
  const one = now?.reservation
  const hours = { signup_from: 1, signup_to: 25, buy_from: 26, buy_to: 50 }
  const times = Object.fromEntries(
    TIMES.map((name) => [name, one ? instant(one[name]) : dayjs().startOf("hour").add(hours[name], "hour")]),
  )
  const initial = one
    ? { ...one, ...times }
    : { mode: "first_come", places: 0, units_each: 1, remind_minutes: 15, ...times }
  const needed = [{ required: true, message: t("required") }]
  return (
    <Editor
      kind="reservations"
      title={t("reservations")}
      newTitle={t("newReservation")}
      now={now as (View & Version) | null}
      initial={initial}
      what={(version) => version.reservation}
      live={now ? <Standing now={now} /> : null}
    >
      {() => (
        <>
          <Section title={t("goods")}>
            <Form.Item name="skus" label={t("skus")} rules={needed}>
              <CodesInput hint={t("skusHint")} />
            </Form.Item>
            <ChannelsItem />
          </Section>
          <Section title={t("whenTitle")}>
            <div className="play-two">
              {TIMES.map((name, index) => (
                <Form.Item
                  key={name}
                  name={name}
                  label={`${t(index < 2 ? "signup" : "buy")} · ${t(index % 2 ? "ends" : "begins")}`}
                  rules={needed}
                >
                  <DatePicker showTime style={{ width: "100%" }} />
                </Form.Item>
              ))}
            </div>
          </Section>
          <Section title={t("mode")}>
            <Form.Item name="mode">
              <Radio.Group
                options={(["first_come", "draw"] as const).map((value) => ({ value, label: t(`modeKind.${value}`) }))}
                vertical
              />
            </Form.Item>
            <div className="play-two">
              <Form.Item name="places" label={t("places")} extra={t("placesHint")}>
                <QuantityInput />
              </Form.Item>
              <Form.Item name="units_each" label={t("unitsEach")} rules={needed}>
                <QuantityInput min={1} />
              </Form.Item>
              <Form.Item name="levels" label={t("levels")}>
                <CodesInput />
              </Form.Item>
              <Form.Item name="remind_minutes" label={t("remind")}>
                <QuantityInput />
              </Form.Item>
            </div>
          </Section>
        </>
      )}
    </Editor>
  )
}

function Standing({ now }: { now: View }) {
  const t = useWords(words)
  const { may } = useSession()
  const draw = useAct(
    (key) =>
      send(
        fetcher.POST("/v1/reservations/{code}/draw", {
          params: { path: { code: now.code }, header: { "Idempotency-Key": key } } as never,
        }),
      ),
    { said: t("drawn"), refresh: ["/v1/reservations"] },
  )
  const counts = ["signed", "waiting", "granted", "lost", "used"] as const
  const shown = counts.filter((key) => now.reservation.mode === "draw" || (key !== "waiting" && key !== "lost"))
  return (
    <>
      <dl className="play-numbers">
        {shown.map((key) => (
          <div key={key}>
            <dt>{t(key)}</dt>
            <dd>{countText(now.signups[key])}</dd>
          </div>
        ))}
      </dl>
      {now.drawn_at ? (
        <Facts
          facts={[
            [t("drawn"), <Time key="at" at={now.drawn_at} exact />],
            [
              t("seed"),
              <span key="seed" className="mono">
                {now.draw_seed}
              </span>,
            ],
          ]}
        />
      ) : now.signups.waiting && may("promotion:publish") ? (
        <Button loading={draw.isPending} onClick={() => draw.mutate(undefined)} style={{ marginBlockEnd: 20 }}>
          {t("draw")}
        </Button>
      ) : null}
    </>
  )
}
