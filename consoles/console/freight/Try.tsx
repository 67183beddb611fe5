/** "What would it cost to send this there?", asked of the terms as they stand in the form, saved or not. */

import { send } from "@kit/api/act"
import { fetcher, problemOf } from "@kit/api/client"
import type { SendingView, TariffNote } from "@kit/api/schema.gen"
import { MoneyInput, QuantityInput } from "@kit/form"
import { Money, moneyText } from "@kit/format"
import { useWords } from "@kit/words"
import { useQuery } from "@tanstack/react-query"
import { Form, type FormInstance, Input } from "antd"
import { useDeferredValue, useState } from "react"
import { regionOf, type TemplateFields, termsOf } from "./shape"
import { words } from "./words"

interface Parcel {
  to: string
  pieces: number | null
  weight_g: number | null
  volume_cm3: number | null
  amount: number | null
}

/** `base` are the fields of the template that are fixed and so not in the form. */
export function Try({ form, base }: { form: FormInstance<TemplateFields>; base: TemplateFields }) {
  const t = useWords(words)
  const typed = Form.useWatch([], form) as Partial<TemplateFields> | undefined
  const fields: TemplateFields = { ...base, ...typed }
  const [parcel, setParcel] = useState<Parcel>({ to: "", pieces: 1, weight_g: 1000, volume_cm3: null, amount: null })
  const currency = fields.currency || "CNY"
  const terms = fields.zones?.length ? { ...termsOf(fields), name: fields.name?.trim() || "–" } : null
  const [country = "", ...below] = regionOf(parcel.to).split("/")
  // The path goes as it is written: from the country down. In the United States people write the state last.
  const region = country === "US" ? [...below].reverse().join(", ") : below.join(" ")
  const body = useDeferredValue(
    JSON.stringify({
      terms: terms && { ...terms, zones: terms.zones.map((zone) => ({ ...zone, name: zone.name || "–" })) },
      country: /^[A-Z]{2}$/.test(country) ? country : "",
      region,
      lines: [
        {
          quantity: parcel.pieces ?? 1,
          weight_g: parcel.weight_g ?? 0,
          volume_cm3: parcel.volume_cm3 ?? 0,
          amount_minor: parcel.amount ?? 0,
        },
      ],
    }),
  )
  const asked = useQuery({
    queryKey: ["post", "/v1/freight-templates/try", body],
    enabled: terms !== null,
    retry: false,
    placeholderData: (before: SendingView | undefined) => before,
    queryFn: () => send(fetcher.POST("/v1/freight-templates/try", { body: JSON.parse(body) })),
  })
  const wrong = asked.error ? problemOf(asked.error) : null
  const put = <Key extends keyof Parcel>(key: Key, value: Parcel[Key]) => setParcel({ ...parcel, [key]: value })
  return (
    <section className="freight-try" aria-label={t("try")}>
      <h2>{t("try")}</h2>
      <div className="freight-try-fields">
        <div className="wide">
          <label htmlFor="freight-tryTo">{t("tryTo")}</label>
          <Input
            id="freight-tryTo"
            value={parcel.to}
            onChange={(event) => put("to", event.target.value)}
            placeholder={t("tryToHint")}
          />
        </div>
        <div>
          <label htmlFor="freight-pieces">{t("pieces")}</label>
          <QuantityInput id="freight-pieces" min={1} value={parcel.pieces} onChange={(value) => put("pieces", value)} />
        </div>
        <div>
          <label htmlFor="freight-tryAmount">{t("tryAmount")}</label>
          <MoneyInput
            id="freight-tryAmount"
            currency={currency}
            value={parcel.amount}
            onChange={(value) => put("amount", value)}
          />
        </div>
        <div>
          <label htmlFor="freight-tryWeight">{t("tryWeight")}</label>
          <QuantityInput
            id="freight-tryWeight"
            unit="g"
            value={parcel.weight_g}
            onChange={(value) => put("weight_g", value)}
          />
        </div>
        <div>
          <label htmlFor="freight-tryVolume">{t("tryVolume")}</label>
          <QuantityInput
            id="freight-tryVolume"
            unit="cm³"
            value={parcel.volume_cm3}
            onChange={(value) => put("volume_cm3", value)}
          />
        </div>
      </div>
      <output className="freight-try-told" aria-live="polite">
        {wrong ? (
          <p className="freight-barred">{wrong.errors?.[0]?.message ?? wrong.title}</p>
        ) : asked.data ? (
          <Answered told={asked.data} currency={currency} />
        ) : (
          <p className="muted">{t("tryWaits")}</p>
        )}
      </output>
    </section>
  )
}

function Answered({ told, currency }: { told: SendingView; currency: string }) {
  const t = useWords(words)
  return (
    <>
      <p className="freight-figure">
        {told.reachable ? <Money minor={told.freight_minor} currency={currency} /> : t("unreachable")}
      </p>
      <p className="muted">{told.zone ? t("inZone", { zone: told.zone }) : null}</p>
      <ul className="freight-notes">
        {told.notes.map((note) => {
          const said = noteText(note, currency, t)
          return said ? (
            <li key={`${note.rule} ${note.why}`} className={note.outcome}>
              {said}
            </li>
          ) : null
        })}
      </ul>
    </>
  )
}

function noteText(note: TariffNote, currency: string, t: ReturnType<typeof useWords<typeof words.en>>): string | null {
  const amount = moneyText(note.amount, currency)
  if (note.why === "free_reached") return t("noteFree", { amount })
  if (note.why === "free_near")
    return note.gap_unit === "units"
      ? t("noteNearPieces", { count: note.gap })
      : t("noteNear", { amount: moneyText(note.gap, currency) })
  if (note.why === "estimated") return t("noteEstimated")
  return null
}
