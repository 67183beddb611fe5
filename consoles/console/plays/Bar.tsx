import { useWords } from "@kit/words"
import type { ReactNode } from "react"
import { words } from "./gate.words"
import "./plays.css"

/** How much is taken of how much there is; of nothing limited, only how much. */
export function Bar({ taken, all, more }: { taken: number; all: number; more?: ReactNode }) {
  const t = useWords(words)
  if (!all) return <>{t("unlimited", { taken })}</>
  return (
    <div className="play-bar">
      <small>
        {t("progressSaid", { taken, all })}
        {more}
      </small>
      <span>
        <i style={{ width: `${Math.min(100, Math.round((taken * 100) / all))}%` }} />
      </span>
    </div>
  )
}

export function sum<K extends string>(rows: readonly Record<K, number>[], key: K): number {
  return rows.reduce((total, row) => total + row[key], 0)
}
