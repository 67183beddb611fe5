import type { AuditView } from "@kit/api/schema.gen"
import { useWords } from "@kit/words"
import { words } from "./words"

/** The name of the person or program that did it; the house has none. */
export function Who({ one }: { one: AuditView }) {
  const t = useWords(words)
  const kind = one.actor.split(":")[0]
  if (kind === "system") return <span className="muted">{t("house")}</span>
  return (
    <>
      {one.who || one.actor}
      {kind === "app" ? <span className="muted"> · {t("program")}</span> : null}
      {kind === "member" ? <span className="muted"> · {t("member")}</span> : null}
    </>
  )
}
