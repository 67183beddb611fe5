/** One fulfillment order: picked by scanner or keyboard, then sent as a parcel. */

import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import type { WorkView } from "@kit/api/schema.gen"
import { QuantityInput } from "@kit/form"
import { Time } from "@kit/format"
import { Facts, RecordPage, Section } from "@kit/record"
import { Goods, None, Rows } from "@kit/record/Rows"
import { useSession } from "@kit/session"
import { Go } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useWords } from "@kit/words"
import { Button, Form, Input, type InputRef } from "antd"
import { useEffect, useRef, useState } from "react"
import type { Contact } from "../orders/EditDialog"
import "../orders/orders.css"
import { WorkState } from "../orders/said"
import "./fulfillment.css"
import { everything, missing, type PickLine, scan, type Taken, total } from "./picking"
import { words } from "./words"

const REFRESH = ["/v1/fulfillments", "/v1/orders", "/v1/shipments"]
const CARRIERS = ["UPS", "FedEx", "DHL", "SF", "JD"]

export default function WorkPage() {
  const id = usePlace("work")
  const work = api.useQuery("get", "/v1/fulfillments/{work_id}", { params: { path: { work_id: id } } })
  return <Answer of={work}>{(found) => <Work key={`${found.id} ${found.changed_at}`} work={found} />}</Answer>
}

function Work({ work }: { work: WorkView }) {
  const t = useWords(words)
  const { may } = useSession()
  const parcels = api.useQuery("get", "/v1/fulfillments/{work_id}/shipments", {
    params: { path: { work_id: work.id } },
  })
  const contact = (work.contact ?? {}) as Contact
  const lines = work.lines as PickLine[]
  const picking = ["released", "picking"].includes(work.state) && lines.some((line) => missing(line, {}) > 0)
  const waiting = work.lines.some((line) => line.picked > line.shipped)
  const mayWrite = may("fulfillment:write")
  return (
    <RecordPage
      title={<span className="mono">{work.id}</span>}
      tab={work.id}
      back={{ to: "/fulfillment", label: t("board") }}
      status={<WorkState state={work.state} />}
      lead={
        <>
          {work.location} · {t("order")}{" "}
          <Go to={`/orders/${work.order}`} className="mono">
            {work.order}
          </Go>
        </>
      }
      aside={
        <>
          <Section title={t("to")}>
            <p>
              {contact.name || <span className="muted">{t("guest")}</span>}
              <br />
              <span className="num">{contact.phone}</span>
              <br />
              <span className="muted">{[contact.region, contact.address].filter(Boolean).join(", ")}</span>
            </p>
          </Section>
          <Facts
            facts={[
              [t("created"), <Time key="at" at={work.created_at} />],
              [t("changed"), <Time key="at" at={work.changed_at} />],
            ]}
          />
          {parcels.data?.length ? (
            <Section title={t("parcels")}>
              {parcels.data.map((one) => (
                <p key={one.id}>
                  <Go to={`/shipments/${one.id}`} className="mono">
                    {one.id}
                  </Go>
                  <br />
                  {one.carrier} <span className="mono">{one.tracking_no}</span>
                  <br />
                  <span className="muted">
                    <Time at={one.shipped_at} /> · {one.delivered_at ? t("delivered") : t("underWay")}
                  </span>
                </p>
              ))}
            </Section>
          ) : null}
        </>
      }
    >
      {picking && mayWrite ? <PickForm work={work} lines={lines} /> : <Contents work={work} />}
      {waiting && mayWrite ? <ShipForm work={work} focus={!picking} /> : null}
    </RecordPage>
  )
}

function PickForm({ work, lines }: { work: WorkView; lines: PickLine[] }) {
  const t = useWords(words)
  const box = useRef<InputRef>(null)
  const [taken, take] = useState<Taken>({})
  const [typed, type] = useState("")
  const [told, tell] = useState<{ good: boolean; text: string } | null>(null)
  const count = total(taken)
  const lacks = lines.reduce((sum, line) => sum + missing(line, taken), 0)
  const pick = useAct(
    (key, short: boolean) =>
      send(
        fetcher.POST("/v1/fulfillments/{work_id}/pick", {
          params: { path: { work_id: work.id }, header: { "Idempotency-Key": key } },
          body: {
            lines: Object.entries(taken)
              .filter(([, units]) => units > 0)
              .map(([line, quantity]) => ({ line: Number(line), quantity })),
            short,
          },
        }),
      ),
    { said: t("picked"), refresh: REFRESH },
  )
  useEffect(() => box.current?.focus(), [])
  useEffect(() => {
    function press(event: KeyboardEvent) {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || count === 0 || pick.isPending) return
      event.preventDefault()
      pick.mutate(false)
    }
    addEventListener("keydown", press)
    return () => removeEventListener("keydown", press)
  })

  function enter() {
    const code = typed.trim()
    type("")
    if (!code) return
    const found = scan(lines, taken, code)
    if (found.kind === "taken") {
      take(found.taken)
      tell({ good: true, text: `${found.line.title} · ${found.taken[found.line.line]}` })
    } else if (found.kind === "enough")
      tell({
        good: false,
        text: t("enough", { title: found.line.title, count: found.line.quantity - found.line.canceled }),
      })
    else tell({ good: false, text: t("unknown", { code }) })
  }

  return (
    <Section title={t("pickTitle")} extra={<span className="muted">{t("scanHelp")}</span>}>
      <div className="scan">
        <Input
          ref={box}
          size="large"
          value={typed}
          autoComplete="off"
          placeholder={t("scan")}
          aria-label={t("scan")}
          onChange={(event) => type(event.target.value)}
          onPressEnter={(event) => {
            if (!event.ctrlKey && !event.metaKey) enter()
          }}
        />
        <p className={`scan-last ${told ? (told.good ? "good" : "bad") : ""}`} role="status">
          {told ? `${told.good ? "✓" : "✕"} ${told.text}` : null}
        </p>
      </div>
      <Rows
        className="dialog-lines"
        rows={lines}
        by={(line) => line.line}
        look={(line) => (missing(line, taken) === 0 ? "complete" : undefined)}
        columns={[
          {
            title: t("product"),
            of: (line) => (
              <Goods title={line.title} sku={[line.sku, line.gtins.join(" ")].filter(Boolean).join(" · ")} />
            ),
          },
          { title: t("asked"), end: true, of: (line) => line.quantity - line.canceled },
          { title: t("before"), end: true, of: (line) => line.picked || <None /> },
          {
            title: t("now"),
            end: true,
            look: "enter",
            of: (line) => (
              <QuantityInput
                aria-label={`${t("now")}: ${line.title}`}
                max={missing(line, {})}
                value={taken[line.line] ?? 0}
                onChange={(value) => take((before) => ({ ...before, [line.line]: value ?? 0 }))}
              />
            ),
          },
          { title: t("left"), end: true, of: (line) => missing(line, taken) || "✓" },
        ]}
      />
      <div className="acts">
        <Button type="primary" disabled={count === 0} loading={pick.isPending} onClick={() => pick.mutate(false)}>
          {t("pick", { count })} <kbd>Ctrl ↵</kbd>
        </Button>
        <Button onClick={() => take(everything(lines))}>{t("all")}</Button>
        {count ? (
          <Button type="text" onClick={() => take({})}>
            {t("none")}
          </Button>
        ) : null}
        <span className="list-space" />
        {lacks ? (
          <Button danger title={t("shortAsk")} loading={pick.isPending} onClick={() => pick.mutate(true)}>
            {t("short", { count, missing: lacks })}
          </Button>
        ) : null}
      </div>
    </Section>
  )
}

function ShipForm({ work, focus }: { work: WorkView; focus: boolean }) {
  const t = useWords(words)
  const [carrier, setCarrier] = useState(() => localStorage.getItem("jiutong.carrier") ?? "")
  const [tracking, setTracking] = useState("")
  const box = useRef<HTMLDivElement>(null)
  const ready = work.lines.filter((line) => line.picked > line.shipped)
  const [units, setUnits] = useState<Record<number, number>>(() =>
    Object.fromEntries(ready.map((line) => [line.line, line.picked - line.shipped])),
  )
  const count = total(units)
  const ship = useAct(
    (key) => {
      localStorage.setItem("jiutong.carrier", carrier)
      return send(
        fetcher.POST("/v1/fulfillments/{work_id}/ship", {
          params: { path: { work_id: work.id }, header: { "Idempotency-Key": key } },
          body: {
            carrier,
            tracking_no: tracking.trim(),
            lines: Object.entries(units)
              .filter(([, quantity]) => quantity > 0)
              .map(([line, quantity]) => ({ line: Number(line), quantity })),
          },
        }),
      )
    },
    { said: t("shipped"), refresh: REFRESH },
  )
  useEffect(() => {
    if (focus) box.current?.querySelector("input")?.focus()
  }, [focus])
  return (
    <Section title={t("shipTitle")}>
      <Form layout="vertical" className="ship-form" onFinish={() => count > 0 && ship.mutate(undefined)}>
        <div ref={box}>
          <Form.Item label={t("carrier")} htmlFor="ship-carrier">
            <Input
              id="ship-carrier"
              list="carriers"
              maxLength={64}
              value={carrier}
              autoComplete="off"
              onChange={(event) => setCarrier(event.target.value)}
            />
            <datalist id="carriers">
              {CARRIERS.map((one) => (
                <option key={one} value={one} />
              ))}
            </datalist>
          </Form.Item>
        </div>
        <Form.Item label={t("tracking")} htmlFor="ship-tracking">
          <Input
            id="ship-tracking"
            className="mono"
            maxLength={100}
            value={tracking}
            autoComplete="off"
            onChange={(event) => setTracking(event.target.value)}
          />
        </Form.Item>
        <Rows
          className="dialog-lines whole"
          rows={ready}
          by={(line) => line.line}
          columns={[
            { title: t("product"), of: (line) => <Goods title={line.title} sku={line.sku} /> },
            { title: t("picked"), end: true, of: (line) => line.picked - line.shipped },
            {
              title: t("shipUnits"),
              end: true,
              look: "enter",
              of: (line) => (
                <QuantityInput
                  aria-label={`${t("shipUnits")}: ${line.title}`}
                  max={line.picked - line.shipped}
                  value={units[line.line] ?? 0}
                  onChange={(value) => setUnits((before) => ({ ...before, [line.line]: value ?? 0 }))}
                />
              ),
            },
          ]}
        />
        <div className="acts whole">
          <Button type="primary" htmlType="submit" disabled={count === 0} loading={ship.isPending}>
            {t("ship", { count })} <kbd>↵</kbd>
          </Button>
        </div>
      </Form>
    </Section>
  )
}

function Contents({ work }: { work: WorkView }) {
  const t = useWords(words)
  return (
    <Section title={t("goods")}>
      <Rows
        rows={work.lines}
        by={(line) => line.line}
        columns={[
          { title: t("product"), of: (line) => <Goods title={line.title} sku={line.sku} /> },
          { title: t("asked"), end: true, of: (line) => line.quantity },
          { title: t("picked"), end: true, of: (line) => line.picked },
          { title: t("sentUnits"), end: true, of: (line) => line.shipped },
          { title: t("canceled"), end: true, of: (line) => line.canceled || <None /> },
        ]}
      />
    </Section>
  )
}
