/** What a new company still has to do before its first sale; gone once that has happened. */

import { CheckCircleFilled } from "@ant-design/icons"
import { api } from "@kit/api/client"
import { Go } from "@kit/shell/go"
import { useWords } from "@kit/words"
import "./setup.css"
import { words } from "./words"

const STEPS = [
  "seller",
  "tax",
  "channel",
  "location",
  "source",
  "product",
  "listing",
  "price",
  "stock",
  "sale",
] as const
type Step = (typeof STEPS)[number]

const AT: Record<Step, string> = {
  seller: "/places/sellers/new",
  tax: "/places/sellers",
  channel: "/places/channels/new",
  location: "/places/locations/new",
  source: "/places/channels",
  product: "/products/new",
  listing: "/listings",
  price: "/prices",
  stock: "/stock/receive",
  sale: "/pos/",
}

/** `always` shows it also when everything is done. */
export function SetupChecklist({ always = false }: { always?: boolean }) {
  const t = useWords(words)
  const { data } = api.useQuery("get", "/v1/setup", {}, { staleTime: 10_000 })
  if (!data || (data.complete && !always)) return null
  const done = new Set(data.steps.filter((one) => one.done).map((one) => one.step))
  const next = STEPS.find((step) => !done.has(step))
  return (
    <section className="setup" aria-label={t("title")}>
      {always ? null : <h2>{t("title")}</h2>}
      <p className="muted">{t("lead", { done: done.size, all: STEPS.length })}</p>
      <div
        className="setup-progress"
        role="progressbar"
        aria-label={t("title")}
        aria-valuemin={0}
        aria-valuemax={STEPS.length}
        aria-valuenow={done.size}
      >
        <i style={{ width: `${(done.size * 100) / STEPS.length}%` }} />
      </div>
      <ol className="setup-steps">
        {STEPS.map((step, index) => (
          <li key={step} className={done.has(step) ? "done" : step === next ? "next" : undefined}>
            <span className="setup-turn">
              {done.has(step) ? <CheckCircleFilled aria-label={t("done")} /> : <span>{index + 1}</span>}
            </span>
            <span className="setup-what">
              <strong>{t(step)}</strong>
              {done.has(step) ? null : <span className="muted">{t(`${step}_body`)}</span>}
            </span>
            {done.has(step) ? null : AT[step].startsWith("/pos") ? (
              <a href={AT[step]}>{t(`${step}_do`)}</a>
            ) : (
              <Go to={AT[step]}>{t(`${step}_do`)}</Go>
            )}
          </li>
        ))}
      </ol>
    </section>
  )
}
