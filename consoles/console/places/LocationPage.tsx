import { send } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import type { LocationView } from "@kit/api/schema.gen"
import { RecordPage } from "@kit/record"
import { useSession } from "@kit/session"
import { Go, useGo } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useWords } from "@kit/words"
import { Form, Select } from "antd"
import "../people/people.css"
import { useStores } from "./asked"
import { PlaceForm } from "./PlaceForm"
import { words } from "./words"

export default function LocationPage() {
  const code = usePlace("code")
  const made = code !== "new"
  const asked = api.useQuery("get", "/v1/locations/{code}", { params: { path: { code } } }, { enabled: made })
  return made ? <Answer of={asked}>{(one) => <Location now={one} />}</Answer> : <Location now={null} />
}

function Location({ now }: { now: LocationView | null }) {
  const t = useWords(words)
  const go = useGo()
  const { may } = useSession()
  const stores = useStores()
  return (
    <RecordPage
      title={now?.name ?? t("newLocation")}
      back={{ to: "/places/locations", label: t("locations") }}
      lead={now ? <span className="mono">{now.code}</span> : undefined}
      actions={now ? <Go to={`/stock?location=${now.code}`}>{t("stock")}</Go> : undefined}
    >
      <PlaceForm
        now={now}
        initial={
          { name: "", kind: "dc" as const, mode: "strict" as const, store: null } as Omit<
            LocationView,
            "code" | "revision"
          >
        }
        labels={{ name: t("name"), kind: t("kind"), mode: t("mode"), store: t("storeOf") }}
        make={t("addLocation")}
        fixed={!may("inventory:write")}
        refresh={["/v1/locations"]}
        read={(code) => send(fetcher.GET("/v1/locations/{code}", { params: { path: { code } } }))}
        put={(code, body, revision) =>
          send(
            fetcher.PUT("/v1/locations/{code}", {
              params: { path: { code }, header: revision ? { "If-Match": `"${revision}"` } : {} },
              body: { ...body, store: body.store ?? null },
            }),
          )
        }
        made={(code) => go(`/places/locations/${code}`)}
      >
        {(form) => (
          <>
            <Form.Item name="kind" label={t("kind")}>
              <Select
                options={(["dc", "store", "supplier", "transit", "virtual"] as const).map((kind) => ({
                  value: kind,
                  label: t(`kinds.${kind}`),
                }))}
                onChange={(kind) => form.setFieldsValue({ mode: kind === "store" ? "exception" : "strict" } as never)}
              />
            </Form.Item>
            <Form.Item noStyle shouldUpdate>
              {() =>
                form.getFieldValue("kind" as never) === "store" ? (
                  <Form.Item
                    name="store"
                    label={t("storeOf")}
                    extra={t("storeOfHelp")}
                    rules={[{ required: true, message: t("required") }]}
                  >
                    <Select allowClear showSearch={{ optionFilterProp: "label" }} options={stores} />
                  </Form.Item>
                ) : null
              }
            </Form.Item>
            <Form.Item name="mode" label={t("mode")} extra={t("modeHelp")}>
              <Select
                options={(["strict", "exception"] as const).map((mode) => ({ value: mode, label: t(`modes.${mode}`) }))}
              />
            </Form.Item>
          </>
        )}
      </PlaceForm>
    </RecordPage>
  )
}
