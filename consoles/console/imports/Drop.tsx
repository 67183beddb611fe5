/** Where files are dropped. */

import { InboxOutlined } from "@ant-design/icons"
import { problemOf } from "@kit/api/client"
import { useGo } from "@kit/shell/go"
import { problemText } from "@kit/states"
import { useWords } from "@kit/words"
import { App, Upload } from "antd"
import { useState } from "react"
import { FILE_BYTES_MAX, handIn, type Kind } from "./sheets"
import { words } from "./words"

export function Drop({ kind, hint, small }: { kind: Kind; hint?: string; small?: boolean }) {
  const t = useWords(words)
  const go = useGo()
  const { notification } = App.useApp()
  const [reading, read] = useState<string>()

  async function take(file: File) {
    if (file.size > FILE_BYTES_MAX) {
      notification.error({ title: t("tooLarge"), description: t("tooLargeBody") })
      return
    }
    read(file.name)
    try {
      go(`/imports/${(await handIn(kind, file)).id}`)
    } catch (thrown) {
      const problem = problemOf(thrown)
      if (!problem) throw thrown
      const text = problemText(problem)
      notification.error({ title: text.title, description: text.detail, duration: 10 })
    } finally {
      read(undefined)
    }
  }

  return (
    <Upload.Dragger
      accept=".xlsx,.csv,.tsv,.txt"
      showUploadList={false}
      disabled={Boolean(reading)}
      className={small ? "drop small" : "drop"}
      beforeUpload={(file) => {
        void take(file)
        return Upload.LIST_IGNORE
      }}
    >
      <InboxOutlined className="drop-sign" aria-hidden="true" />
      <p className="drop-what">{reading ? t("reading", { name: reading }) : (hint ?? t("drop"))}</p>
      {small ? null : <p className="muted">{t("dropHint")}</p>}
    </Upload.Dragger>
  )
}
