import { RecordPage } from "@kit/record"
import { useWords } from "@kit/words"
import { SetupChecklist } from "./SetupChecklist"
import { words } from "./words"

export default function SetupPage() {
  const t = useWords(words)
  return (
    <RecordPage title={t("title")}>
      <SetupChecklist always />
    </RecordPage>
  )
}
