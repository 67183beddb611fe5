import { EyeOutlined } from "@ant-design/icons"
import { Button } from "antd"
import { useSyncExternalStore } from "react"
import { defineWords, useWords } from "../words"
import "./seen-as.css"
import { seenAs } from "./seen-as"

const words = defineWords({
  en: { looking: "You see this as {role} does", back: "Back to myself" },
  zh: { looking: "正在以“{role}”的视角浏览", back: "恢复本人视角" },
})

/** Always in sight while somebody looks through the eyes of a role, with the way back. */
export function SeenAsBar() {
  const t = useWords(words)
  const as = useSyncExternalStore(seenAs.listen, seenAs.now)
  if (!as) return null
  return (
    <div className="seen-as" role="status">
      <EyeOutlined aria-hidden="true" />
      {t("looking", { role: as.name })}
      <Button size="small" onClick={() => seenAs.choose(null)}>
        {t("back")}
      </Button>
    </div>
  )
}
