/** A promotion as it is to be: as one types, the sentence says what that means, or what is wrong with it. */

import { MinusCircleOutlined, PlusOutlined } from "@ant-design/icons"
import { send, useAct } from "@kit/api/act"
import { api, fetcher, problemOf } from "@kit/api/client"
import { useSettled } from "@kit/api/settled"
import { MoneyInput, PageForm } from "@kit/form"
import { RecordPage, Section } from "@kit/record"
import { useGo } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useLocale, useWords } from "@kit/words"
import { Button, Checkbox, DatePicker, Form, Input, InputNumber, Radio, Select, TreeSelect } from "antd"
import { useEffect } from "react"
import { choices, type Named, useAll, useBrands, useCategories } from "../products/catalog"
import "./promotions.css"
import {
  BUDGET_BACK,
  type Fields,
  fieldsOf,
  KINDS,
  type Promotion,
  RETURNS,
  STAGES,
  type Terms,
  termsOf,
} from "./terms"
import { words } from "./words"

const CODE = /^[^\s/@]{1,64}$/
const SEPARATORS = [",", "，", " "]
const CURRENCY = /^[A-Z]{3}$/
/** ISO 4217 for no currency: while none is chosen amounts can be typed all the same. */
const NONE = "XXX"
const PERCENT_MAX = 100

export default function EditPage() {
  const code = usePlace("promotion")
  const found = api.useQuery("get", "/v1/promotions/{code}", { params: { path: { code } } })
  return <Answer of={found}>{(one) => <Editor one={one} />}</Answer>
}

export function Editor({ one }: { one?: Promotion }) {
  const t = useWords(words)
  const locale = useLocale()
  const go = useGo()
  const [form] = Form.useForm<Fields>()
  const channels = useAll<Named & { currency?: string }>("/v1/channels")
  const start = fieldsOf(one, channels[0]?.currency ?? "")
  const typed = Form.useWatch([], form) as Partial<Fields> | undefined
  const fields = { ...start, ...typed } as Fields
  const currency = CURRENCY.test(fields.currency) ? fields.currency : NONE
  const save = useAct(
    (key, body: Fields) =>
      send(
        fetcher.PUT("/v1/promotions/{code}", {
          params: { path: { code: one?.code ?? body.code }, header: { "Idempotency-Key": key } } as never,
          body: termsOf({ ...start, ...body }, one?.terms),
        }),
      ),
    {
      said: t("saved"),
      refresh: ["/v1/promotions"],
      then: (answer) => go(`/promotions/${encodeURIComponent(answer.code)}`),
    },
  )
  useEffect(() => {
    if (!form.getFieldValue("currency") && start.currency) form.setFieldValue("currency", start.currency)
  }, [form, start.currency])
  return (
    <RecordPage
      title={one ? (locale === "zh" && one.terms.name_zh) || one.terms.name : t("new")}
      lead={one ? t("unsaved") : t("lead")}
      back={
        one
          ? { to: `/promotions/${encodeURIComponent(one.code)}`, label: one.code }
          : { to: "/promotions", label: t("title") }
      }
    >
      <div className="promo-split">
        <PageForm<Fields> form={form} initialValues={start} onFinish={(body) => save.mutateAsync(body).catch(() => {})}>
          <What fixed={Boolean(one)} fields={{ ...fields, currency }} />
          <Goods />
          <Whom channels={channels} />
          <Cost />
          <Beside currency={currency} />
          <Button type="primary" htmlType="submit" loading={save.isPending}>
            {t("saveDraft")}
          </Button>
        </PageForm>
        <aside>
          <Said terms={termsOf(fields, one?.terms)} />
        </aside>
      </div>
    </RecordPage>
  )
}

/** What the terms say so far, or what is still wrong with them. */
function Said({ terms }: { terms: Terms }) {
  const t = useWords(words)
  const locale = useLocale()
  const asked = useSettled(terms)
  const read = api.useQuery(
    "post",
    "/v1/promotions/read",
    { body: asked },
    { retry: false, placeholderData: (last) => last },
  )
  if (read.isError) {
    const wrong = problemOf(read.error)
    const first = wrong?.errors?.[0]
    return (
      <p className="promo-sentence wrong" role="status">
        <small>{t("wrong")}</small>
        {first?.message ?? wrong?.detail ?? wrong?.title}
        {first?.pointer ? <small className="mono">{first.pointer}</small> : null}
      </p>
    )
  }
  return (
    <p className="promo-sentence" role="status">
      {read.data ? (locale === "zh" ? read.data.sentence_zh : read.data.sentence) : t("reading")}
    </p>
  )
}

function What({ fixed, fields }: { fixed: boolean; fields: Fields }) {
  const t = useWords(words)
  const needed = [{ required: true, message: t("required") }]
  return (
    <Section title={t("what")}>
      <div className="promo-two">
        <Form.Item name="name" label={t("name")} rules={needed}>
          <Input autoFocus={!fixed} maxLength={200} autoComplete="off" />
        </Form.Item>
        <Form.Item name="name_zh" label={t("nameZh")}>
          <Input maxLength={200} autoComplete="off" />
        </Form.Item>
        {fixed ? null : (
          <Form.Item
            name="code"
            label={t("code")}
            extra={t("codeHint")}
            rules={[...needed, { pattern: CODE, message: t("badCode") }]}
          >
            <Input className="mono" maxLength={64} autoComplete="off" />
          </Form.Item>
        )}
        <Form.Item name="stage" label={t("stageOf")} extra={t(`stageHint.${fields.stage}`)}>
          <Select options={STAGES.map((value) => ({ value, label: t(`stage.${value}`) }))} />
        </Form.Item>
        <Form.Item name="measure" label={t("measure")}>
          <Select
            options={(["none", "amount", "quantity"] as const).map((value) => ({
              value,
              label: t(`measures.${value}`),
            }))}
          />
        </Form.Item>
        <Form.Item name="currency" label={t("currency")}>
          <Input className="mono" maxLength={3} autoComplete="off" />
        </Form.Item>
      </div>
      <Form.List name="tiers">
        {(tiers, { add, remove }) => (
          <>
            {tiers.map((tier) => (
              <fieldset key={tier.key} className="promo-tier" aria-label={`${t("tier")} ${tier.name + 1}`}>
                <Tier no={tier.name} fields={fields} />
                {tiers.length > 1 ? (
                  <Button
                    type="text"
                    icon={<MinusCircleOutlined />}
                    aria-label={t("removeTier")}
                    onClick={() => remove(tier.name)}
                  />
                ) : null}
              </fieldset>
            ))}
            {fields.measure === "none" ? null : (
              <Button
                icon={<PlusOutlined />}
                onClick={() => add({ least: 0, kind: fields.tiers[0]?.kind ?? "percent" })}
              >
                {t("addTier")}
              </Button>
            )}
          </>
        )}
      </Form.List>
      {fields.measure === "none" ? null : (
        <Form.Item name="every" valuePropName="checked">
          <Checkbox>{t("every")}</Checkbox>
        </Form.Item>
      )}
      <Form.Item name="pick" label={t("pick")}>
        <Radio.Group
          options={(["cheapest", "dearest"] as const).map((value) => ({ value, label: t(`picks.${value}`) }))}
        />
      </Form.Item>
    </Section>
  )
}

/** One tier: from how much on, and what is given then. */
function Tier({ no, fields }: { no: number; fields: Fields }) {
  const t = useWords(words)
  const kind = fields.tiers[no]?.kind ?? "percent"
  const whole = { min: 1, precision: 0, style: { width: "100%" } }
  return (
    <>
      {fields.measure === "none" ? null : (
        <Form.Item name={[no, "least"]} label={t("from")}>
          {fields.measure === "amount" ? <MoneyInput currency={fields.currency} /> : <InputNumber<number> {...whole} />}
        </Form.Item>
      )}
      <Form.Item name={[no, "kind"]} label={t("gives")}>
        <Select options={KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))} />
      </Form.Item>
      {kind === "percent" || kind === "nth_item" || kind === "buy_get" ? (
        <Form.Item name={[no, "percent"]} label={t("percent")}>
          <InputNumber<number> min={0} max={PERCENT_MAX} precision={2} suffix="%" style={{ width: "100%" }} />
        </Form.Item>
      ) : null}
      {kind === "amount" || kind === "fixed_price" || kind === "bundle" ? (
        <Form.Item name={[no, "amount_minor"]} label={t("amount")}>
          <MoneyInput currency={fields.currency} />
        </Form.Item>
      ) : null}
      {kind === "amount" ? (
        <Form.Item name={[no, "each"]} valuePropName="checked">
          <Checkbox>{t("each")}</Checkbox>
        </Form.Item>
      ) : null}
      {kind === "nth_item" ? (
        <Form.Item name={[no, "nth"]} label={t("nth")}>
          <InputNumber<number> {...whole} min={2} max={PERCENT_MAX} />
        </Form.Item>
      ) : null}
      {kind === "buy_get"
        ? (["buy", "get"] as const).map((name) => (
            <Form.Item key={name} name={[no, name]} label={t(name)}>
              <InputNumber<number> {...whole} />
            </Form.Item>
          ))
        : null}
      {kind === "gift" ? (
        <Form.Item name={[no, "sku"]} label={t("giftSku")}>
          <Input className="mono" maxLength={64} autoComplete="off" />
        </Form.Item>
      ) : null}
      {kind === "gift" || kind === "bundle" ? (
        <Form.Item name={[no, "units"]} label={t("units")}>
          <InputNumber<number> {...whole} />
        </Form.Item>
      ) : null}
      {kind === "level_price" ? (
        <Form.List name={[no, "levels"]}>
          {(rows, { add, remove }) => (
            <>
              {rows.map((row) => (
                <span key={row.key} className="promo-two">
                  <Form.Item name={[row.name, "level"]} label={t("levels")}>
                    <Input maxLength={64} autoComplete="off" />
                  </Form.Item>
                  <Form.Item name={[row.name, "amount_minor"]} label={t("amount")}>
                    <MoneyInput currency={fields.currency} />
                  </Form.Item>
                  <Button
                    type="text"
                    icon={<MinusCircleOutlined />}
                    aria-label={t("removeTier")}
                    onClick={() => remove(row.name)}
                  />
                </span>
              ))}
              <Button icon={<PlusOutlined />} onClick={() => add({ level: "", amount_minor: 0 })}>
                {t("levels")}
              </Button>
            </>
          )}
        </Form.List>
      ) : null}
    </>
  )
}

function Goods() {
  const t = useWords(words)
  const { tree } = useCategories()
  const brands = useBrands()
  return (
    <Section title={t("goods")}>
      <div className="promo-two">
        <Form.Item name="categories" label={t("categories")}>
          <TreeSelect
            multiple
            allowClear
            treeData={tree}
            placeholder={t("allGoods")}
            showSearch={{ treeNodeFilterProp: "title" }}
          />
        </Form.Item>
        <Form.Item name="brands" label={t("brands")}>
          <Select
            mode="multiple"
            allowClear
            showSearch={{ optionFilterProp: "label" }}
            placeholder={t("allGoods")}
            options={choices(brands)}
          />
        </Form.Item>
        <Form.Item name="skus" label={t("skus")}>
          <Select mode="tags" tokenSeparators={SEPARATORS} open={false} suffixIcon={null} placeholder={t("allGoods")} />
        </Form.Item>
        <Form.Item name="except_skus" label={t("exceptSkus")}>
          <Select mode="tags" tokenSeparators={SEPARATORS} open={false} suffixIcon={null} />
        </Form.Item>
      </div>
      <Form.Item name="goods_expression" label={t("goodsExpression")} extra={t("expressionHint")}>
        <Input.TextArea className="mono" autoSize maxLength={1000} spellCheck={false} />
      </Form.Item>
    </Section>
  )
}

function Whom({ channels }: { channels: Named[] }) {
  const t = useWords(words)
  const stores = useAll<Named>("/v1/stores")
  return (
    <Section title={t("whoWhere")}>
      <div className="promo-two">
        <Form.Item name="window" label={t("window")}>
          <DatePicker.RangePicker
            showTime={{ format: "HH:mm" }}
            format="YYYY-MM-DD HH:mm"
            allowEmpty={[true, true]}
            style={{ width: "100%" }}
          />
        </Form.Item>
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
        <Form.Item name="levels" label={t("levels")}>
          <Select mode="tags" tokenSeparators={SEPARATORS} placeholder={t("everybody")} />
        </Form.Item>
        <Form.Item name="groups" label={t("groups")}>
          <Select mode="tags" tokenSeparators={SEPARATORS} placeholder={t("everybody")} />
        </Form.Item>
      </div>
      <Form.Item name="members_only" valuePropName="checked">
        <Checkbox>{t("membersOnly")}</Checkbox>
      </Form.Item>
      <Form.Item name="first_order" valuePropName="checked">
        <Checkbox>{t("firstOrder")}</Checkbox>
      </Form.Item>
      <Form.Item name="expression" label={t("expression")} extra={t("expressionHint")}>
        <Input.TextArea className="mono" autoSize maxLength={1000} spellCheck={false} />
      </Form.Item>
    </Section>
  )
}

function Cost() {
  const t = useWords(words)
  return (
    <Section title={t("cost")}>
      <Form.List name="funders">
        {(rows, { add, remove }) => (
          <>
            {rows.map((row) => (
              <div key={row.key} className="promo-tier">
                <Form.Item name={[row.name, "funder"]} label={t("funder")}>
                  <Input className="mono" maxLength={64} autoComplete="off" />
                </Form.Item>
                <Form.Item name={[row.name, "percent"]} label={t("share")}>
                  <InputNumber<number> min={0} max={PERCENT_MAX} precision={2} style={{ width: "100%" }} />
                </Form.Item>
                {rows.length > 1 ? (
                  <Button
                    type="text"
                    icon={<MinusCircleOutlined />}
                    aria-label={t("removeFunder")}
                    onClick={() => remove(row.name)}
                  />
                ) : null}
              </div>
            ))}
            <Button icon={<PlusOutlined />} onClick={() => add({ funder: "", percent: 0 })}>
              {t("addFunder")}
            </Button>
          </>
        )}
      </Form.List>
    </Section>
  )
}

function Beside({ currency }: { currency: string }) {
  const t = useWords(words)
  const count = { min: 0, precision: 0, placeholder: t("noLimit"), style: { width: "100%" } }
  return (
    <>
      <Section title={t("combine")}>
        <div className="promo-two">
          <Form.Item name="group" label={t("group")} extra={t("groupHint")}>
            <Input className="mono" maxLength={64} autoComplete="off" />
          </Form.Item>
          <Form.Item name="joins" label={t("joins")} extra={t("joinsHint")}>
            <Select
              mode="tags"
              tokenSeparators={SEPARATORS}
              open={false}
              suffixIcon={null}
              placeholder={t("nothingElse")}
            />
          </Form.Item>
        </div>
        <Form.Item name="stop_after" valuePropName="checked">
          <Checkbox>{t("stopAfter")}</Checkbox>
        </Form.Item>
      </Section>
      <Section title={t("limits")}>
        <div className="promo-two">
          <Form.Item name="uses_max" label={t("usesMax")}>
            <InputNumber<number> {...count} />
          </Form.Item>
          <Form.Item name="member_uses_max" label={t("memberUsesMax")}>
            <InputNumber<number> {...count} />
          </Form.Item>
          <Form.Item name="budget_minor" label={t("budget")}>
            <MoneyInput currency={currency} />
          </Form.Item>
          <Form.Item name="cap_minor" label={t("cap")}>
            <MoneyInput currency={currency} />
          </Form.Item>
        </div>
      </Section>
      <Section title={t("returns")}>
        <Form.Item name="returns" label={t("returnsOf")} extra={t("returnsHint")}>
          <Radio.Group options={RETURNS.map((value) => ({ value, label: t(`returnsAs.${value}`) }))} />
        </Form.Item>
        <Form.Item name="budget_back" label={t("budgetBack")}>
          <Radio.Group options={BUDGET_BACK.map((value) => ({ value, label: t(`budgetBackAs.${value}`) }))} />
        </Form.Item>
      </Section>
    </>
  )
}
