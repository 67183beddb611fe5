import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import type { SellerView, SetTaxRate } from "@kit/api/schema.gen"
import { Time } from "@kit/format"
import { RecordPage, Section, Status } from "@kit/record"
import { Rows } from "@kit/record/Rows"
import { useSession } from "@kit/session"
import { useGo } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useWords } from "@kit/words"
import { Button, Form, Input, Switch } from "antd"
import "../people/people.css"
import { PlaceForm } from "./PlaceForm"
import "./places.css"
import { basisPoints, percentText, standing } from "./rates"
import { words } from "./words"

export default function SellerPage() {
  const code = usePlace("code")
  const made = code !== "new"
  const asked = api.useQuery("get", "/v1/sellers/{code}", { params: { path: { code } } }, { enabled: made })
  return made ? <Answer of={asked}>{(one) => <Seller now={one} />}</Answer> : <Seller now={null} />
}

function Seller({ now }: { now: SellerView | null }) {
  const t = useWords(words)
  const go = useGo()
  const { may } = useSession()
  const initial: Omit<SellerView, "code" | "revision"> = { name: "", tax_inclusive: true }
  return (
    <RecordPage
      title={now?.name ?? t("newSeller")}
      back={{ to: "/places/sellers", label: t("sellers") }}
      lead={now ? <span className="mono">{now.code}</span> : undefined}
    >
      <PlaceForm
        now={now}
        initial={initial}
        labels={{ name: t("name"), tax_inclusive: t("taxIncluded") }}
        make={t("addSeller")}
        fixed={!may("access:write")}
        refresh={["/v1/sellers"]}
        read={(code) => send(fetcher.GET("/v1/sellers/{code}", { params: { path: { code } } }))}
        put={(code, body, revision) =>
          send(
            fetcher.PUT("/v1/sellers/{code}", {
              params: { path: { code }, header: revision ? { "If-Match": `"${revision}"` } : {} },
              body,
            }),
          )
        }
        made={(code) => go(`/places/sellers/${code}`)}
      >
        {() => (
          <>
            <Form.Item
              name="tax_inclusive"
              label={t("taxIncluded")}
              extra={t("taxIncludedHelp")}
              valuePropName="checked"
            >
              <Switch />
            </Form.Item>
          </>
        )}
      </PlaceForm>
      {now && may("pricing:read") ? <Rates seller={now.code} /> : null}
    </RecordPage>
  )
}

function Rates({ seller }: { seller: string }) {
  const t = useWords(words)
  const { may } = useSession()
  const [form] = Form.useForm<{ tax_class: string; percent: string }>()
  const path = { code: seller }
  const asked = api.useQuery("get", "/v1/sellers/{code}/tax-rates", { params: { path } })
  const set = useAct(
    (_, wanted: { tax_class: string; rate_bp: number; valid_from?: string }) =>
      send(fetcher.PUT("/v1/sellers/{code}/tax-rates", { params: { path }, body: { rates: [wanted as SetTaxRate] } })),
    { said: t("saved"), refresh: ["/v1/sellers", "/v1/setup"], then: () => form.resetFields() },
  )
  return (
    <div style={{ marginTop: 32 }}>
      <Section title={t("rates")}>
        <p className="muted">{t("ratesHelp")}</p>
        <Answer of={asked} rows={2}>
          {({ rates }) => (
            <>
              {rates.length === 0 ? (
                <p>{t("noRates")}</p>
              ) : (
                <Rows
                  rows={standing(rates, Date.now())}
                  by={(one) => `${one.tax_class} ${one.valid_from}`}
                  columns={[
                    { title: t("rateClass"), look: "mono", of: (one) => one.tax_class },
                    { title: t("rate"), end: true, of: (one) => percentText(one.rate_bp) },
                    {
                      title: t("from"),
                      of: (one) => (one.valid_from ? <Time at={one.valid_from} exact /> : t("always")),
                    },
                    {
                      title: t("status"),
                      of: (one) => (
                        <Status
                          tone={one.standing === "inForce" ? "good" : one.standing === "upcoming" ? "busy" : "quiet"}
                        >
                          {t(one.standing)}
                        </Status>
                      ),
                    },
                  ]}
                />
              )}
              {may("pricing:write") ? (
                <Form
                  form={form}
                  layout="inline"
                  requiredMark={false}
                  initialValues={{ tax_class: rates.length ? undefined : "standard" }}
                  onFinish={(fields) => {
                    const first = !rates.some((one) => one.tax_class === fields.tax_class)
                    set.mutate({
                      tax_class: fields.tax_class.trim(),
                      rate_bp: basisPoints(fields.percent) ?? 0,
                      // The first rate of a class holds from the beginning: receipts from before it was typed in need one too.
                      valid_from: first ? undefined : new Date().toISOString(),
                    })
                  }}
                >
                  <Form.Item name="tax_class" rules={[{ required: true, whitespace: true, message: t("required") }]}>
                    <Input placeholder={t("rateClass")} aria-label={t("rateClass")} autoCapitalize="none" />
                  </Form.Item>
                  <Form.Item
                    name="percent"
                    rules={[
                      { required: true, message: t("required") },
                      {
                        validator: async (_, typed: string) => {
                          if (typed && basisPoints(typed) === null) throw new Error(t("rateShape"))
                        },
                      },
                    ]}
                  >
                    <Input
                      placeholder={t("ratePercent")}
                      aria-label={t("ratePercent")}
                      suffix="%"
                      inputMode="decimal"
                    />
                  </Form.Item>
                  <Button htmlType="submit" loading={set.isPending}>
                    {t("rateAdd")}
                  </Button>
                </Form>
              ) : null}
            </>
          )}
        </Answer>
      </Section>
    </div>
  )
}
