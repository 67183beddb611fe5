/** A batch as it is to be: the sentence it makes stands above the form and changes as one types. */

import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import type { components } from "@kit/api/schema.gen"
import { PageForm } from "@kit/form"
import { useSearchState } from "@kit/list"
import { RecordPage, Section } from "@kit/record"
import { useSession } from "@kit/session"
import { useGo } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { type Locale, useLocale, useWords } from "@kit/words"
import { Button, Checkbox, DatePicker, Form, Input, InputNumber, Radio, Select } from "antd"
import dayjs, { type Dayjs } from "dayjs"
import { choices, type Named, useAll } from "../products/catalog"
import { sentence } from "./sentence"
import "./coupons.css"
import { words } from "./words"

type Promotion = components["schemas"]["PromotionView"]
type Batch = components["schemas"]["CouponBatchView"]

interface Fields {
  code: string
  name: string
  name_zh?: string
  promotion: string
  kind: Batch["kind"]
  cap: number
  per_member: number
  shared_code?: string
  claim: [Dayjs, Dayjs]
  validity: "days" | "between"
  valid_days?: number
  valid?: [Dayjs, Dayjs]
  grace_days: number
  levels: string[]
  groups: string[]
  first_order: boolean
  channels: string[]
  stores: string[]
}

const CODE = /^[^\s/]{1,64}$/
const SHARED = /^[0-9A-Za-z-]{3,40}$/
const CAP = 1_000
const DAYS = 30

export default function EditPage() {
  const code = usePlace("batch")
  const found = api.useQuery("get", "/v1/coupon-batches/{code}", { params: { path: { code } } })
  return <Answer of={found}>{(batch) => <Editor batch={batch} />}</Answer>
}

export function Editor({ batch }: { batch?: Batch }) {
  const t = useWords(words)
  const locale = useLocale()
  const go = useGo()
  const [search] = useSearchState()
  const [form] = Form.useForm<Fields>()
  const typed = Form.useWatch([], form) as Partial<Fields> | undefined
  const { may } = useSession()
  const running = api.useQuery(
    "get",
    "/v1/promotions",
    { params: { query: { coupon: true, state: "published", limit: 250 } } },
    { enabled: may("promotion:read"), retry: false },
  )
  const offers = offersOf(running.data?.items ?? [], batch?.promotion, locale)
  const chosen = offers.find((one) => one.value === (typed?.promotion ?? batch?.promotion))
  const channels = useAll<Named>("/v1/channels")
  const stores = useAll<Named>("/v1/stores")
  const out = Boolean(batch && batch.status !== "draft")
  const save = useAct(
    (_key, one: Fields) =>
      send(
        fetcher.PUT("/v1/coupon-batches/{code}", {
          params: {
            path: { code: batch?.code ?? one.code },
            header: batch ? { "If-Match": `"${batch.revision}"` } : {},
          } as never,
          body: bodyOf(one, batch) as never,
        }),
      ),
    {
      said: t("saved"),
      refresh: ["/v1/coupon-batches"],
      form,
      then: (answer) => go(`/coupons/${encodeURIComponent(answer.code)}`),
    },
  )
  const needed = [{ required: true, message: t("required") }]
  const kind = typed?.kind ?? batch?.kind ?? "claimed"
  const terms = typed ? bodyOf({ ...startOf(batch), ...typed } as Fields, batch) : batch
  return (
    <RecordPage
      title={batch ? (locale === "zh" && batch.name_zh) || batch.name : t("newBatch")}
      lead={batch ? (out ? t("unsaved", { version: batch.version + 1 }) : batch.code) : t("lead")}
      back={
        batch
          ? { to: `/coupons/${encodeURIComponent(batch.code)}`, label: batch.code }
          : { to: "/coupons", label: t("title") }
      }
    >
      <PageForm<Fields>
        form={form}
        className="coupon-form"
        initialValues={{ ...startOf(batch), ...(search.promotion ? { promotion: search.promotion } : {}) }}
        onFinish={(one) => save.mutateAsync(one).catch(() => {})}
      >
        {terms ? (
          <p className="coupon-sentence" aria-live="polite">
            {chosen?.said ? `${chosen.said} ` : ""}
            {sentence(terms, locale)}
          </p>
        ) : null}
        <Section title={t("what")}>
          <div className="coupon-two">
            <Form.Item name="name" label={t("name")} rules={needed}>
              <Input autoFocus={!batch} maxLength={200} />
            </Form.Item>
            <Form.Item name="name_zh" label={t("nameZh")}>
              <Input maxLength={200} />
            </Form.Item>
            {batch ? null : (
              <Form.Item
                name="code"
                label={t("code")}
                extra={t("codeHint")}
                rules={[...needed, { pattern: CODE, message: t("badCode") }]}
              >
                <Input className="mono" maxLength={64} />
              </Form.Item>
            )}
            <Form.Item name="promotion" label={t("promotion")} extra={t("promotionHint")} rules={needed}>
              {running.data ? (
                <Select
                  showSearch={{ optionFilterProp: "label" }}
                  notFoundContent={t("noPromotion")}
                  options={offers}
                  optionRender={(option) => (
                    <span className="coupon-choice">
                      {option.label}
                      <small>{option.data.said}</small>
                    </span>
                  )}
                />
              ) : (
                <Input className="mono" maxLength={80} />
              )}
            </Form.Item>
          </div>
          <Form.Item name="kind" label={t("kindOf")} extra={out ? t("fixed") : undefined}>
            <Radio.Group className="coupon-kinds" disabled={out}>
              {(["claimed", "shared", "unique"] as const).map((one) => (
                <Radio key={one} value={one}>
                  {t(`kind.${one}`)}
                  <small>{t(`kindHint.${one}`)}</small>
                </Radio>
              ))}
            </Radio.Group>
          </Form.Item>
          <div className="coupon-two">
            {kind === "shared" ? (
              <Form.Item
                name="shared_code"
                label={t("sharedCode")}
                rules={[...needed, { pattern: SHARED, message: t("badShared") }]}
              >
                <Input className="mono" maxLength={40} disabled={out} />
              </Form.Item>
            ) : null}
            <Form.Item name="cap" label={t("cap")} rules={needed}>
              <InputNumber<number> min={1} max={100_000_000} precision={0} style={{ width: "100%" }} />
            </Form.Item>
            <Form.Item name="per_member" label={t("perMember")} extra={t("perMemberHint")} rules={needed}>
              <InputNumber<number> min={0} max={1_000_000} precision={0} disabled={out} style={{ width: "100%" }} />
            </Form.Item>
          </div>
        </Section>
        <Section title={t("when")}>
          <div className="coupon-two">
            <Form.Item name="claim" label={t("claimWindow")} rules={needed}>
              <DatePicker.RangePicker style={{ width: "100%" }} />
            </Form.Item>
            {kind === "shared" ? null : (
              <>
                <Form.Item name="validity" label={t("validity")}>
                  <Radio.Group options={(["days", "between"] as const).map((value) => ({ value, label: t(value) }))} />
                </Form.Item>
                {(typed?.validity ?? startOf(batch).validity) === "days" ? (
                  <Form.Item name="valid_days" label={t("validDays")} rules={needed}>
                    <InputNumber<number> min={1} max={3650} precision={0} style={{ width: "100%" }} />
                  </Form.Item>
                ) : (
                  <Form.Item name="valid" label={t("validWindow")} rules={needed}>
                    <DatePicker.RangePicker style={{ width: "100%" }} />
                  </Form.Item>
                )}
                <Form.Item name="grace_days" label={t("grace")}>
                  <InputNumber<number> min={0} max={90} precision={0} style={{ width: "100%" }} />
                </Form.Item>
              </>
            )}
          </div>
        </Section>
        <Section title={t("who")}>
          <div className="coupon-two">
            <Form.Item name="levels" label={t("levels")}>
              <Select mode="tags" tokenSeparators={[",", "，", " "]} placeholder={t("everybody")} />
            </Form.Item>
            <Form.Item name="groups" label={t("groups")}>
              <Select mode="tags" tokenSeparators={[",", "，", " "]} placeholder={t("everybody")} />
            </Form.Item>
          </div>
          <Form.Item name="first_order" valuePropName="checked">
            <Checkbox>{t("firstOrder")}</Checkbox>
          </Form.Item>
        </Section>
        <Section title={t("where")}>
          <div className="coupon-two">
            <Form.Item name="channels" label={t("channels")}>
              <Select mode="multiple" allowClear placeholder={t("everywhere")} options={choices(channels)} />
            </Form.Item>
            <Form.Item name="stores" label={t("stores")}>
              <Select
                mode="multiple"
                allowClear
                maxTagCount="responsive"
                placeholder={t("everywhere")}
                showSearch={{ optionFilterProp: "label" }}
                options={choices(stores)}
              />
            </Form.Item>
          </div>
        </Section>
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {batch ? (out ? t("saveVersion", { version: batch.version + 1 }) : t("save")) : t("create")}
        </Button>
      </PageForm>
    </RecordPage>
  )
}

/** What a coupon may take off: the promotions that run, and the version a batch stands for. */
function offersOf(items: readonly Promotion[], pinned: string | undefined, locale: Locale) {
  const name = (one: Promotion) => (locale === "zh" && one.terms.name_zh) || one.terms.name
  const said = (one: Promotion) => (locale === "zh" ? one.sentence_zh : one.sentence)
  const offers = items.map((one) => ({
    value: one.rule === pinned ? one.rule : one.code,
    label: name(one),
    said: said(one),
  }))
  return pinned && !offers.some((one) => one.value === pinned)
    ? [{ value: pinned, label: pinned, said: "" }, ...offers]
    : offers
}

function startOf(batch: Batch | undefined): Fields {
  const today = dayjs().startOf("day")
  const window = (from: string, to: string): [Dayjs, Dayjs] => [dayjs(from), dayjs(to).subtract(1, "ms")]
  if (!batch)
    return {
      code: "",
      name: "",
      promotion: "",
      kind: "claimed",
      cap: CAP,
      per_member: 1,
      claim: [today, today.add(DAYS - 1, "day")],
      validity: "days",
      valid_days: DAYS,
      grace_days: 0,
      levels: [],
      groups: [],
      first_order: false,
      channels: [],
      stores: [],
    }
  return {
    ...batch,
    shared_code: batch.shared_code ?? undefined,
    claim: window(batch.claim_from, batch.claim_to),
    validity: batch.valid_from ? "between" : "days",
    valid_days: batch.valid_days || undefined,
    valid: batch.valid_from && batch.valid_to ? window(batch.valid_from, batch.valid_to) : undefined,
    levels: [...batch.levels],
    groups: [...batch.groups],
    channels: [...batch.channels],
    stores: [...batch.stores],
  }
}

/** What is sent: days are whole, and their end is the beginning of the day after. */
function bodyOf(one: Fields, batch: Batch | undefined) {
  const first = (day: Dayjs | undefined | null) => day?.startOf("day").toISOString() ?? ""
  const last = (day: Dayjs | undefined | null) => day?.add(1, "day").startOf("day").toISOString() ?? ""
  const own = one.kind !== "shared"
  const between = own && one.validity === "between"
  return {
    name: one.name ?? "",
    name_zh: one.name_zh ?? "",
    promotion: one.promotion ?? "",
    kind: one.kind,
    cap: one.cap,
    per_member: one.per_member,
    shared_code: own ? null : (one.shared_code ?? null),
    claim_from: first(one.claim?.[0]),
    claim_to: last(one.claim?.[1]),
    valid_from: between ? first(one.valid?.[0]) || null : null,
    valid_to: between ? last(one.valid?.[1]) || null : null,
    valid_days: own && !between ? (one.valid_days ?? 0) : 0,
    grace_days: own ? (one.grace_days ?? 0) : 0,
    levels: one.levels ?? [],
    groups: one.groups ?? [],
    first_order: one.first_order ?? false,
    members: [...(batch?.members ?? [])],
    channels: one.channels ?? [],
    stores: one.stores ?? [],
  }
}
