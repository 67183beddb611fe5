import { api } from "@kit/api/client"
import { RecordPage } from "@kit/record"
import { Go } from "@kit/shell/go"
import { Answer } from "@kit/states"
import { useLocale, useWords } from "@kit/words"
import "./scenes.css"
import { words } from "./words"

export default function ScenesPage() {
  const t = useWords(words)
  const zh = useLocale() === "zh"
  const asked = api.useQuery("get", "/v1/scenes", {}, { staleTime: 300_000 })
  return (
    <RecordPage title={t("scenes")} lead={t("about")}>
      <Answer of={asked}>
        {(scenes) => (
          <div className="scene-cards">
            {scenes.map((scene) => (
              <Go key={scene.code} to={`/scenes/${scene.code}`} className="scene-card">
                <h2>{zh ? scene.title_zh : scene.title}</h2>
                <p className="mono">{scene.code}</p>
                <p>{t("basedOn", { layers: scene.layers.slice(1).join(" › ") || t("none") })}</p>
              </Go>
            ))}
          </div>
        )}
      </Answer>
    </RecordPage>
  )
}
