/** What waits for whoever looks, with the way to it. */

import { CheckCircleOutlined } from "@ant-design/icons"
import { api } from "@kit/api/client"
import type { TaskView } from "@kit/api/schema.gen"
import { countText, Time } from "@kit/format"
import { Go } from "@kit/shell/go"
import { Answer } from "@kit/states"
import { useLocale, useWords } from "@kit/words"
import { PRESSING, WHERE } from "./tasks"
import { words } from "./words"

export function Tasks() {
  const t = useWords(words)
  const asked = api.useQuery("get", "/v1/home/tasks", {}, { refetchInterval: 60_000 })
  return (
    <section aria-labelledby="home-waiting">
      <h2 id="home-waiting" className="home-h2">
        {t("waiting")}
      </h2>
      <Answer of={asked} rows={2}>
        {({ tasks }) => <Waiting tasks={tasks} />}
      </Answer>
    </section>
  )
}

function Waiting({ tasks }: { tasks: readonly TaskView[] }) {
  const t = useWords(words)
  const now = useLocale()
  const waiting = tasks.filter((task) => task.count > 0)
  const calm = tasks.filter((task) => task.count === 0).map((task) => t.maybe(`task.${task.kind}`))
  if (!waiting.length)
    return (
      <p className="home-calm">
        <CheckCircleOutlined aria-hidden="true" />
        <span>
          <strong>{t("calm")}</strong> <span className="muted">{t("calmBody")}</span>
        </span>
      </p>
    )
  return (
    <>
      <ul className="home-tasks">
        {waiting.map((task) => (
          <li key={task.kind} className={PRESSING.has(task.kind) ? "pressing" : undefined}>
            <Go to={WHERE[task.kind] ?? "/"} className="home-tile">
              <span className="home-count num">
                {task.capped ? t("more", { count: countText(task.count) }) : countText(task.count)}
                {PRESSING.has(task.kind) ? (
                  <i title={t("pressing")}>
                    <span className="sr-only">{t("pressing")}</span>
                  </i>
                ) : null}
              </span>
              <span className="home-task">{t.maybe(`task.${task.kind}`)}</span>
              {task.oldest ? (
                <span className="home-oldest muted">
                  <Time at={task.oldest} />
                </span>
              ) : null}
            </Go>
          </li>
        ))}
      </ul>
      {calm.length ? (
        <p className="home-nothing muted">{t("nothing", { kinds: calm.join(now === "zh" ? "、" : ", ") })}</p>
      ) : null}
    </>
  )
}
