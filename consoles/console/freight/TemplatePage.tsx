/** A freight template: what is counted, zone by zone what it costs, when it is free; tried out beside it while it is written. */

import { DeleteOutlined, PlusOutlined } from "@ant-design/icons"
import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import type { FreightTerms, TariffView } from "@kit/api/schema.gen"
import { MoneyInput, QuantityInput } from "@kit/form"
import { Section } from "@kit/record"
import { useSession } from "@kit/session"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useLocale, useWords } from "@kit/words"
import { Button, Form, Input, Segmented, Select, Switch } from "antd"
import { choices, type Named, useAll } from "../products/catalog"
import { latest } from "./acts"
import "./freight.css"
import {
  blankTemplate,
  blankZone,
  fieldsOf,
  type Measure,
  REGION,
  regionOf,
  type TemplateFields,
  termsOf,
} from "./shape"
import { SplitField, TariffPage } from "./TariffPage"
import { nameOf } from "./Tariffs"
import { Try } from "./Try"
import { words } from "./words"

type Channel = Named & { currency: string }

export default function TemplatePage() {
  const code = usePlace("template")
  const made = code !== "new"
  const asked = api.useQuery("get", "/v1/freight-templates/{code}", { params: { path: { code } } }, { enabled: made })
  return made ? <Answer of={asked}>{(one) => <Template key={one.code} now={one} />}</Answer> : <Template now={null} />
}

function Template({ now }: { now: TariffView | null }) {
  const t = useWords(words)
  const locale = useLocale()
  const { may } = useSession()
  const sellers = useAll<Named>("/v1/sellers")
  const channels = useAll<Channel>("/v1/channels")
  const [form] = Form.useForm<TemplateFields>()
  const top = now ? latest(now) : undefined
  const terms = top?.terms as FreightTerms | undefined
  const put = useAct(
    (_key, fields: TemplateFields) =>
      send(
        fetcher.PUT("/v1/freight-templates/{code}", {
          params: { path: { code: fields.code } },
          body: termsOf(fields),
        }),
      ),
    {
      said: (told) => t("draftSaved", { version: told.version }),
      refresh: ["/v1/freight-templates", "/v1/audit"],
      form,
    },
  )
  const fixed = !may("freight:write")
  const initial =
    terms && now ? fieldsOf(now.code, terms) : blankTemplate(sellers[0]?.code ?? "", channels[0]?.currency ?? "CNY")
  if (!now && (sellers.length === 0 || channels.length === 0)) return null
  return (
    <TariffPage
      of="freight"
      now={now}
      title={terms ? nameOf(terms, locale) : t("newTemplate")}
      lead={t("newTemplateLead")}
      form={form}
      initial={initial}
      put={put}
      sellers={sellers}
      aside={<Try form={form} base={initial} />}
    >
      <Section title={t("counting")}>
        <Form.Item name="by" label={t("by")} extra={t("byHelp")}>
          <Segmented options={(["pieces", "weight", "volume"] as const).map((value) => ({ value, label: t(value) }))} />
        </Form.Item>
        <Zones fixed={fixed} />
      </Section>
      <Section title={t("freeTitle")}>
        <p className="muted">{t("freeHelp")}</p>
        <FreeRules fixed={fixed} />
      </Section>
      <Section title={t("whereTitle")}>
        <div className="freight-fields">
          <Form.Item name="default_in" label={t("defaultInLabel")} extra={t("defaultInHelp")}>
            <Select mode="multiple" options={choices(channels)} placeholder={t("byGoods")} />
          </Form.Item>
          <Form.Item
            name="default_everywhere"
            label={t("everywhere")}
            extra={t("everywhereHelp")}
            valuePropName="checked"
          >
            <Switch />
          </Form.Item>
        </div>
      </Section>
      <Section title={t("splitTitle")}>
        <div className="freight-fields">
          <SplitField />
          <Form.Item name="tax_class" label={t("taxClass")} extra={t("taxClassHelp")}>
            <Input maxLength={32} placeholder={t("taxOfGoods")} autoCapitalize="none" />
          </Form.Item>
        </div>
      </Section>
    </TariffPage>
  )
}

function Zones({ fixed }: { fixed: boolean }) {
  const t = useWords(words)
  const form = Form.useFormInstance<TemplateFields>()
  const by: Measure = Form.useWatch("by") ?? form.getFieldValue("by") ?? "weight"
  const currency: string = Form.useWatch("currency") ?? form.getFieldValue("currency") ?? "CNY"
  const unit = t(`unit_${by}`)
  return (
    <Form.List name="zones">
      {(rows, { add, remove }) => (
        <>
          <div className="freight-zones">
            <div className="freight-zones-head" aria-hidden="true">
              <span>{t("zone")}</span>
              <span>{t("regions")}</span>
              <span>{t("first")}</span>
              <span>{t("firstPrice")}</span>
              <span>{t("step")}</span>
              <span>{t("stepPrice")}</span>
              <span>{t("delivers")}</span>
              <span />
            </div>
            {rows.map(({ key, name }, no) => (
              <ZoneRow key={key} name={name} no={no + 1} unit={unit} currency={currency}>
                {fixed || rows.length === 1 ? null : (
                  <Button
                    type="text"
                    icon={<DeleteOutlined />}
                    aria-label={t("dropZone", { no: no + 1 })}
                    onClick={() => remove(name)}
                  />
                )}
              </ZoneRow>
            ))}
          </div>
          {fixed ? null : (
            <Button icon={<PlusOutlined />} onClick={() => add(blankZone(by))}>
              {t("addZone")}
            </Button>
          )}
        </>
      )}
    </Form.List>
  )
}

function ZoneRow(props: { name: number; no: number; unit: string; currency: string; children: React.ReactNode }) {
  const t = useWords(words)
  const { name, no, unit, currency } = props
  const open = Form.useWatch(["zones", name, "open"]) !== false
  const said = (word: string) => `${t("zone")} ${no}: ${word}`
  return (
    <div className={open ? "freight-zone" : "freight-zone closed"}>
      <Form.Item name={[name, "name"]} rules={[{ required: true, whitespace: true, message: t("required") }]}>
        <Input maxLength={100} placeholder={t("zoneName")} aria-label={said(t("zone"))} autoComplete="off" />
      </Form.Item>
      <Form.Item name={[name, "regions"]} rules={[{ validator: regionsFit(t("badRegion")) }]}>
        <Select
          mode="tags"
          open={false}
          suffixIcon={null}
          tokenSeparators={[",", "，", "、", ";", "；", "\n"]}
          placeholder={t("everywhereElse")}
          aria-label={said(t("regions"))}
        />
      </Form.Item>
      <Form.Item name={[name, "first"]}>
        <QuantityInput min={1} unit={unit} aria-label={said(t("first"))} disabled={!open} />
      </Form.Item>
      <Form.Item name={[name, "first_minor"]} rules={open ? [{ required: true, message: t("required") }] : []}>
        <MoneyInput currency={currency} aria-label={said(t("firstPrice"))} disabled={!open} />
      </Form.Item>
      <Form.Item name={[name, "step"]}>
        <QuantityInput min={0} unit={unit} aria-label={said(t("step"))} disabled={!open} />
      </Form.Item>
      <Form.Item name={[name, "step_minor"]}>
        <MoneyInput currency={currency} aria-label={said(t("stepPrice"))} disabled={!open} />
      </Form.Item>
      <Form.Item name={[name, "open"]} valuePropName="checked">
        <Switch aria-label={said(t("delivers"))} />
      </Form.Item>
      {props.children}
    </div>
  )
}

function regionsFit(message: string) {
  return async (_: unknown, regions?: string[]) => {
    if ((regions ?? []).some((one) => !REGION.test(regionOf(one)))) throw new Error(message)
  }
}

function FreeRules({ fixed }: { fixed: boolean }) {
  const t = useWords(words)
  const form = Form.useFormInstance<TemplateFields>()
  const currency: string = Form.useWatch("currency") ?? form.getFieldValue("currency") ?? "CNY"
  return (
    <Form.List name="free">
      {(rows, { add, remove }) => (
        <>
          {rows.map(({ key, name }, no) => (
            <div key={key} className="freight-free">
              <span>{t("freeFrom")}</span>
              <Form.Item name={[name, "from_minor"]}>
                <MoneyInput currency={currency} aria-label={t("freeAmount", { no: no + 1 })} />
              </Form.Item>
              <span>{t("freeAnd")}</span>
              <Form.Item name={[name, "from_pieces"]}>
                <QuantityInput min={0} unit={t("unit_pieces")} aria-label={t("freePieces", { no: no + 1 })} />
              </Form.Item>
              <span>{t("freeTo")}</span>
              <Form.Item name={[name, "regions"]} rules={[{ validator: regionsFit(t("badRegion")) }]}>
                <Select
                  mode="tags"
                  open={false}
                  suffixIcon={null}
                  tokenSeparators={[",", "，", "、", "\n"]}
                  placeholder={t("everyRegion")}
                  aria-label={t("freeRegions", { no: no + 1 })}
                />
              </Form.Item>
              {fixed ? null : (
                <Button
                  type="text"
                  icon={<DeleteOutlined />}
                  aria-label={t("dropFree", { no: no + 1 })}
                  onClick={() => remove(name)}
                />
              )}
            </div>
          ))}
          {fixed ? null : (
            <Button icon={<PlusOutlined />} onClick={() => add({ from_minor: null, from_pieces: null, regions: [] })}>
              {t("addFree")}
            </Button>
          )}
        </>
      )}
    </Form.List>
  )
}
