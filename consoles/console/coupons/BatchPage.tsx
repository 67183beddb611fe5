/** A batch: what it does in a sentence, how far it has come, who has its coupons; given out, stopped, ended, handed out, written. */

import { PlusOutlined } from "@ant-design/icons"
import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import type { components } from "@kit/api/schema.gen"
import { countText, dayText, Money, Time } from "@kit/format"
import { RecordPage, Section, Status } from "@kit/record"
import { Opens, Rows } from "@kit/record/Rows"
import { useSession } from "@kit/session"
import { Go, useGo } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useLocale, useWords } from "@kit/words"
import { useQuery } from "@tanstack/react-query"
import { App, Button, InputNumber, Modal, Select } from "antd"
import { useState } from "react"
import { TONES } from "./CouponsPage"
import { Standing, share } from "./Standing"
import { sentence } from "./sentence"
import { words } from "./words"

type Batch = components["schemas"]["CouponBatchView"]
const REFRESH = ["/v1/coupon-batches", "/v1/coupons"]
const ASK_AGAIN_MS = 1_500

export default function BatchPage() {
  const code = usePlace("batch")
  const batch = api.useQuery(
    "get",
    "/v1/coupon-batches/{code}",
    { params: { path: { code } } },
    {
      refetchInterval: (query) =>
        query.state.data && query.state.data.codes_written < query.state.data.codes_wanted ? ASK_AGAIN_MS : false,
    },
  )
  return <Answer of={batch}>{(found) => <Shown batch={found} />}</Answer>
}

function Shown({ batch }: { batch: Batch }) {
  const t = useWords(words)
  const locale = useLocale()
  const go = useGo()
  const { may } = useSession()
  const { modal } = App.useApp()
  const [doing, begin] = useState<"hand" | "codes">()
  const path = { code: batch.code }
  const asked = (key: string) => ({ params: { path, header: { "Idempotency-Key": key } } })
  const publish = useAct((key) => send(fetcher.POST("/v1/coupon-batches/{code}/publish", asked(key))), {
    said: t("published"),
    refresh: REFRESH,
  })
  const stop = useAct((key) => send(fetcher.POST("/v1/coupon-batches/{code}/stop", asked(key))), {
    said: t("stopped"),
    refresh: REFRESH,
  })
  const end = useAct((key) => send(fetcher.POST("/v1/coupon-batches/{code}/end", asked(key))), {
    said: t("ended"),
    refresh: REFRESH,
  })
  const open = batch.given - batch.used
  const out = may("coupon:publish")
  const live = batch.status === "live"
  function askEnd() {
    modal.confirm({
      title: t("endTitle"),
      content: t("endBody", { open: countText(open) }),
      okText: t("endNow"),
      cancelText: t("cancel"),
      okButtonProps: { danger: true },
      onOk: () => end.mutateAsync(undefined).catch(() => undefined),
    })
  }
  return (
    <RecordPage
      title={(locale === "zh" && batch.name_zh) || batch.name}
      back={{ to: "/coupons", label: t("title") }}
      status={<Standing of={batch} />}
      lead={
        <>
          <span className="mono">{batch.code}</span> · {t(`kind.${batch.kind}`)} · {t("version")} {batch.version}
        </>
      }
      actions={
        <>
          {batch.kind === "claimed" && live && may("coupon:give") ? (
            <Button icon={<PlusOutlined />} onClick={() => begin("hand")}>
              {t("hand")}
            </Button>
          ) : null}
          {batch.kind === "unique" && (live || batch.status === "stopped") && may("coupon:codes") ? (
            <Button icon={<PlusOutlined />} onClick={() => begin("codes")}>
              {t("writeCodes")}
            </Button>
          ) : null}
          {out && (batch.status === "draft" || batch.status === "stopped") ? (
            <Button type="primary" loading={publish.isPending} onClick={() => publish.mutate(undefined)}>
              {t(batch.status === "draft" ? "publish" : "resume")}
            </Button>
          ) : null}
        </>
      }
      more={[
        ...(may("coupon:write") && batch.status !== "ended"
          ? [{ key: "edit", label: t("edit"), onClick: () => go(`/coupons/${encodeURIComponent(batch.code)}/edit`) }]
          : []),
        ...(may("simulation:run")
          ? [
              {
                key: "simulate",
                label: t("simulate"),
                onClick: () => go(`/simulator/new?basis=now&batch=${encodeURIComponent(batch.code)}`),
              },
            ]
          : []),
        ...(out && live ? [{ key: "stop", label: t("stop"), onClick: () => stop.mutate(undefined) }] : []),
        ...(out && batch.status !== "ended" ? [{ key: "end", label: t("end"), danger: true, onClick: askEnd }] : []),
      ]}
    >
      <p className="coupon-sentence">
        <TakesOff promotion={batch.promotion} /> {sentence(batch, locale)}
      </p>
      <Funnel batch={batch} />
      {batch.kind === "unique" && batch.codes_wanted ? (
        <Section
          title={t("codes")}
          extra={
            may("coupon:codes") ? (
              <Go to={`/coupons/all?batch=${encodeURIComponent(batch.code)}`}>{t("exportCodes")}</Go>
            ) : null
          }
        >
          <p className="muted" aria-live="polite">
            {t("codesWritten", { written: countText(batch.codes_written), wanted: countText(batch.codes_wanted) })}
          </p>
        </Section>
      ) : null}
      {batch.kind === "shared" ? null : <Latest batch={batch} />}
      <Uses batch={batch} />
      <Versions batch={batch} />
      {doing === "hand" ? <Hand batch={batch} close={() => begin(undefined)} /> : null}
      {doing === "codes" ? <Write batch={batch} close={() => begin(undefined)} /> : null}
    </RecordPage>
  )
}

/** What a coupon takes off, in the promotion's own sentence; its code to whoever may not see promotions. */
function TakesOff({ promotion }: { promotion: string }) {
  const t = useWords(words)
  const locale = useLocale()
  const { may } = useSession()
  const [code = "", version] = promotion.split("@")
  const found = api.useQuery(
    "get",
    "/v1/promotions/{code}",
    { params: { path: { code }, query: version ? { version: Number(version) } : {} } },
    { enabled: may("promotion:read"), retry: false },
  )
  const said = locale === "zh" ? found.data?.sentence_zh : found.data?.sentence
  return said ? (
    <>
      {said}{" "}
      <Go to={`/promotions/${encodeURIComponent(code)}`} className="mono coupon-rule">
        {promotion}
      </Go>
    </>
  ) : (
    <>
      {t("promotion")}: <span className="mono">{promotion}</span>.
    </>
  )
}

function Funnel({ batch }: { batch: Batch }) {
  const t = useWords(words)
  const found = api.useQuery("get", "/v1/coupon-batches/{code}/figures", { params: { path: { code: batch.code } } })
  const figures = found.data
  const all = `/coupons/all?batch=${encodeURIComponent(batch.code)}`
  const used = figures ? figures.used + figures.recorded : batch.used
  const shared = batch.kind === "shared"
  return (
    <Section title={t("funnel")}>
      <dl className="coupon-funnel">
        <Step name={t("cap")} count={batch.cap} of={t("leftOf", { left: countText(batch.left) })} />
        {shared ? null : (
          <Step
            name={t("given")}
            count={batch.given}
            of={t("givenShare", { percent: share(batch.given, batch.cap) })}
            to={all}
          />
        )}
        <Step
          name={t("held")}
          count={figures?.held ?? 0}
          of={t("heldHint")}
          to={shared ? undefined : `${all}&of=held`}
        />
        <Step
          name={t("used")}
          count={used}
          of={t("usedShare", { percent: share(used, shared ? batch.cap : batch.given) })}
          to={shared ? undefined : `${all}&of=used`}
        />
        <Step name={t("back")} count={figures?.back ?? 0} of={t("backHint")} />
      </dl>
      {figures?.bearers.length ? (
        <p className="coupon-cost muted">
          {t("cost")}{" "}
          {figures.bearers.map((one) => (
            <span key={one.funder + one.currency}>
              <Money minor={one.amount_minor} currency={one.currency} /> {one.funder}
            </span>
          ))}
        </p>
      ) : null}
    </Section>
  )
}

function Uses({ batch }: { batch: Batch }) {
  const t = useWords(words)
  const found = api.useQuery("get", "/v1/coupon-batches/{code}/uses", {
    params: { path: { code: batch.code }, query: { limit: 8 } },
  })
  if (!found.data?.items.length) return null
  const tones = { held: "busy", used: "good", back: "quiet" } as const
  return (
    <Section title={t("uses")}>
      <Rows
        rows={found.data.items}
        by={(one) => one.order + one.code}
        columns={[
          { title: t("order"), of: (one) => <Opens to="/orders" id={one.order} /> },
          { title: t("code"), look: () => "mono", of: (one) => one.code },
          {
            title: t("stateOf"),
            of: (one) => <Status tone={tones[one.outcome]}>{t(`outcome.${one.outcome}`)}</Status>,
          },
          { title: t("promotion"), of: (one) => <Money minor={one.amount_minor} currency={one.currency} /> },
          { title: t("got"), of: (one) => <Time at={one.at} /> },
        ]}
      />
    </Section>
  )
}

function Step({ name, count, of, to }: { name: string; count: number; of?: string; to?: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {to ? <Go to={to}>{countText(count)}</Go> : countText(count)}
        {of ? <small>{of}</small> : null}
      </dd>
    </div>
  )
}

function Latest({ batch }: { batch: Batch }) {
  const t = useWords(words)
  const found = api.useQuery("get", "/v1/coupons", { params: { query: { batch: batch.code, limit: 8 } } })
  return (
    <Section
      title={t("coupons")}
      extra={<Go to={`/coupons/all?batch=${encodeURIComponent(batch.code)}`}>{t("showAll")}</Go>}
    >
      <Answer of={found}>
        {({ items }) =>
          items.length ? (
            <Rows
              rows={items}
              by={(one) => one.coupon}
              columns={[
                { title: t("code"), look: () => "mono", of: (one) => one.code },
                {
                  title: t("member"),
                  of: (one) =>
                    one.member ? <Opens to="/members" id={one.member} /> : <span className="muted">{t("nobody")}</span>,
                },
                {
                  title: t("stateOf"),
                  of: (one) => <Status tone={TONES[one.state]}>{t(`state.${one.state}`)}</Status>,
                },
                { title: t("got"), of: (one) => <Time at={one.got_at} /> },
                { title: t("until"), of: (one) => <Time at={one.valid_to} /> },
              ]}
            />
          ) : (
            <p className="muted">{t("couponsNone")}</p>
          )
        }
      </Answer>
    </Section>
  )
}

function Versions({ batch }: { batch: Batch }) {
  const t = useWords(words)
  const locale = useLocale()
  const found = api.useQuery("get", "/v1/coupon-batches/{code}/versions", { params: { path: { code: batch.code } } })
  return (
    <Section title={t("versions")}>
      <Answer of={found}>
        {({ items }) => (
          <Rows
            rows={items}
            by={(one) => one.version}
            columns={[
              { title: t("version"), of: (one) => one.version },
              { title: t("promotion"), look: () => "mono", of: (one) => one.promotion },
              { title: t("cap"), of: (one) => countText(one.cap) },
              {
                title: t("window"),
                of: (one) =>
                  `${dayText(one.claim_from, locale)} – ${dayText(new Date(Date.parse(one.claim_to) - 1), locale)}`,
              },
              { title: t("since"), of: (one) => <Time at={one.at} /> },
            ]}
          />
        )}
      </Answer>
    </Section>
  )
}

function Hand({ batch, close }: { batch: Batch; close: () => void }) {
  const t = useWords(words)
  const locale = useLocale()
  const [typed, type] = useState("")
  const [member, choose] = useState<string>()
  const text = typed.trim()
  const found = useQuery({
    queryKey: ["members", "find", text],
    enabled: text.length >= 3,
    queryFn: async () => (await send(fetcher.POST("/v1/members/find", { body: { text } as never }))).items,
  })
  const hand = useAct(
    (key, to: string) =>
      send(
        fetcher.POST("/v1/coupon-batches/{code}/coupons", {
          params: { path: { code: batch.code }, header: { "Idempotency-Key": key } },
          body: { member: to },
        }),
      ),
    {
      said: (given) => t("handed", { code: given.code, until: dayText(given.valid_to, locale) }),
      refresh: REFRESH,
      then: close,
    },
  )
  const options = (found.data ?? []).map((one) => ({
    value: one.member,
    label: [one.name, ...one.identities.map((id) => id.value)].filter(Boolean).join(" · "),
  }))
  return (
    <Modal
      open
      title={t("handTitle")}
      okText={t("handNow")}
      cancelText={t("cancel")}
      okButtonProps={{ loading: hand.isPending, disabled: !member }}
      onOk={() => member && hand.mutate(member)}
      onCancel={close}
    >
      <Select
        autoFocus
        showSearch={{ filterOption: false, onSearch: type }}
        aria-label={t("member")}
        placeholder={t("findMember")}
        style={{ width: "100%" }}
        value={member}
        onChange={choose}
        options={options}
        loading={found.isFetching}
        notFoundContent={text.length >= 3 && !found.isFetching ? t("noMember") : null}
      />
    </Modal>
  )
}

function Write({ batch, close }: { batch: Batch; close: () => void }) {
  const t = useWords(words)
  const [count, choose] = useState<number | null>(Math.min(batch.left, 100))
  const write = useAct(
    (key, wanted: number) =>
      send(
        fetcher.POST("/v1/coupon-batches/{code}/codes", {
          params: { path: { code: batch.code }, header: { "Idempotency-Key": key } },
          body: { count: wanted },
        }),
      ),
    { said: t("codesOrdered"), refresh: REFRESH, then: close },
  )
  return (
    <Modal
      open
      title={t("codesWanted")}
      okText={t("write", { count: countText(count ?? 0) })}
      cancelText={t("cancel")}
      okButtonProps={{ loading: write.isPending, disabled: !count }}
      onOk={() => count && write.mutate(count)}
      onCancel={close}
    >
      <InputNumber<number>
        autoFocus
        aria-label={t("codesWanted")}
        min={1}
        max={batch.left || 1}
        precision={0}
        value={count}
        onChange={choose}
        style={{ width: "100%" }}
      />
      <p className="muted">{t("codesHint", { left: countText(batch.left) })}</p>
    </Modal>
  )
}
