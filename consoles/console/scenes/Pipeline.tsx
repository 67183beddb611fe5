/** A plan as a basket goes through it: from top to bottom, each step with what it reads and where it was said. */

import type { PlanView } from "@kit/api/schema.gen"
import { useWords } from "@kit/words"
import "./scenes.css"
import { words } from "./words"

export interface PipelineProps {
  plan: PlanView
  /** Steps that stand out, with the word that says why. */
  marked?: ReadonlyMap<string, string>
}

export function Pipeline({ plan, marked }: PipelineProps) {
  const t = useWords(words)
  return (
    <ol className="pipeline">
      <li className="pipeline-end">{t("basket")}</li>
      {plan.steps.map((step) => {
        const mark = marked?.get(step.name)
        return (
          <li key={step.name} className={mark ? "pipeline-step marked" : "pipeline-step"}>
            <h3>
              {t.has(`names.${step.name}`) ? t.maybe(`names.${step.name}`) : step.name}
              {mark ? <span className="pipeline-mark">{mark}</span> : null}
            </h3>
            <p>{t.has(`why.${step.name}`) ? t.maybe(`why.${step.name}`) : step.why}</p>
            <small>
              <span className="mono">{step.name}</span>
              {" · "}
              {step.needs.length
                ? t("reads", {
                    facts: step.needs
                      .map((one) => (t.has(`facts.${one}`) ? t.maybe(`facts.${one}`) : one))
                      .join(t("and")),
                  })
                : t("readsNothing")}
              {" · "}
              {t("from", { layer: step.origin })}
            </small>
          </li>
        )
      })}
      <li className="pipeline-end">{t("order")}</li>
    </ol>
  )
}

/** The effective answers to extension points. */
export function Answers({ plan, marked }: PipelineProps) {
  const t = useWords(words)
  return (
    <table className="answers">
      <tbody>
        {plan.points.map((point) => (
          <tr key={point.name} className={marked?.has(point.name) ? "marked" : undefined}>
            <th scope="row">
              {t.has(`names.${point.name}`) ? t.maybe(`names.${point.name}`) : point.name}
              <small className="mono">{point.name}</small>
            </th>
            <td className="end">
              <strong>{answerText(t, point.name, point.answer)}</strong>
              <small>
                {t("from", { layer: point.origin.join(" › ") })}
                {point.answer === point.default
                  ? ""
                  : ` · ${t("usual", { answer: answerText(t, point.name, point.default) })}`}
              </small>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Minutes and basis points in words; anything else as the plan writes it. */
export function answerText(
  t: (key: "minutes" | "percent", values: Record<string, string | number>) => string,
  name: string,
  answer: string,
): string {
  if (!/^\d+$/.test(answer)) return answer
  if (name.endsWith("_minutes")) return t("minutes", { count: Number(answer) })
  if (name.endsWith("_bp")) return t("percent", { percent: String(Number(answer) / 100) })
  return answer
}
