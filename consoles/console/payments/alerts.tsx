/** What a channel told that wants a look, as a word with a sign. */

import { WarningOutlined } from "@ant-design/icons"
import { useWords } from "@kit/words"
import { trade } from "../orders/words"

export function Alerts({ alerts }: { alerts: readonly string[] }) {
  const t = useWords(trade)
  return alerts.map((one) => (
    <span key={one} className="alerting">
      <WarningOutlined aria-hidden="true" /> {t.maybe(`alert.${one}`)}
    </span>
  ))
}
