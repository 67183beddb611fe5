import { api } from "@kit/api/client"
import type { PlanView } from "@kit/api/schema.gen"
import { Facts, RecordPage, Section } from "@kit/record"
import { Go, useGo } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useLocale, useWords } from "@kit/words"
import { Select } from "antd"
import "../places/places.css"
import { Answers, Pipeline } from "./Pipeline"
import { words } from "./words"

export default function ScenePage() {
  const code = usePlace("code")
  const asked = api.useQuery("get", "/v1/scenes/{code}", { params: { path: { code } } }, { staleTime: 300_000 })
  return <Answer of={asked}>{(plan) => <Scene plan={plan} />}</Answer>
}

function Scene({ plan }: { plan: PlanView }) {
  const t = useWords(words)
  const zh = useLocale() === "zh"
  const go = useGo()
  const scenes = api.useQuery("get", "/v1/scenes", {}, { staleTime: 300_000 })
  const channels = api.useQuery("get", "/v1/channels", { params: { query: { limit: 250 } } }, { staleTime: 60_000 })
  const trading = channels.data?.items.filter((channel) => channel.scene === plan.code) ?? []
  const others = scenes.data?.filter((scene) => scene.code !== plan.code) ?? []
  return (
    <RecordPage
      title={zh ? plan.title_zh : plan.title}
      back={{ to: "/scenes", label: t("scenes") }}
      lead={
        <>
          <span className="mono">{plan.code}</span> · {t("steps", { count: plan.steps.length })} ·{" "}
          {t("basedOn", { layers: plan.layers.slice(1).join(" › ") || t("none") })}
        </>
      }
      actions={
        others.length ? (
          <Select
            value={null}
            placeholder={t("compare")}
            aria-label={t("compare")}
            style={{ minWidth: 200 }}
            options={others.map((scene) => ({ value: scene.code, label: zh ? scene.title_zh : scene.title }))}
            onChange={(other: string | null) => other && go(`/scenes/${plan.code}/diff/${other}`)}
          />
        ) : null
      }
      aside={
        <>
          <Section title={t("points")}>
            <p className="muted">{t("pointsHelp")}</p>
            <Answers plan={plan} />
          </Section>
          <Section title={t("channels")}>
            {trading.length === 0 ? <p className="muted">{t("noChannels")}</p> : null}
            {trading.map((channel) => (
              <p key={channel.code}>
                <Go to={`/places/channels/${channel.code}`}>{channel.name}</Go>
              </p>
            ))}
          </Section>
          <Section title={t("version")}>
            <Facts facts={[[t("versionHelp"), plan.version]]} />
          </Section>
        </>
      }
    >
      <p className="muted">{t("about")}</p>
      <Pipeline plan={plan} />
    </RecordPage>
  )
}
