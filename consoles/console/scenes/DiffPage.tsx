import { api } from "@kit/api/client"
import type { DiffView, PlanView } from "@kit/api/schema.gen"
import { RecordPage } from "@kit/record"
import { Go } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useLocale, useWords } from "@kit/words"
import "../places/places.css"
import { Answers, Pipeline } from "./Pipeline"
import { words } from "./words"

export default function DiffPage() {
  const one = usePlace("code")
  const other = usePlace("other")
  const asked = api.useQuery(
    "get",
    "/v1/scenes/{one}/diff/{other}",
    { params: { path: { one, other } } },
    { staleTime: 300_000 },
  )
  return <Answer of={asked}>{(told) => <Diff told={told} />}</Answer>
}

function Diff({ told }: { told: DiffView }) {
  const t = useWords(words)
  const zh = useLocale() === "zh"
  const title = (plan: PlanView) => (zh ? plan.title_zh : plan.title)
  const marks = new Map(
    told.differences.map((one) => [
      one.name,
      one.kind === "point" ? t("differs") : one.one === null || one.other === null ? t("onlyHere") : t("moved"),
    ]),
  )
  return (
    <RecordPage
      title={t("compareTitle", { one: title(told.one), other: title(told.other) })}
      back={{ to: `/scenes/${told.one.code}`, label: title(told.one) }}
      lead={t("different", { count: told.differences.length })}
    >
      <div className="side-by-side">
        {[told.one, told.other].map((plan) => (
          <section key={plan.code}>
            <h2>
              <Go to={`/scenes/${plan.code}`}>{title(plan)}</Go>
            </h2>
            <Pipeline plan={plan} marked={marks} />
            <Answers plan={plan} marked={marks} />
          </section>
        ))}
      </div>
    </RecordPage>
  )
}
