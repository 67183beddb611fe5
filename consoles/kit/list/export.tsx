/** What a list shows, as a file: the same filters, every row. */

import { DownloadOutlined } from "@ant-design/icons"
import { App, Button, Dropdown } from "antd"
import { useState } from "react"
import { token } from "../api/token"
import { problemText } from "../states/problem"
import { locale, useWords } from "../words"
import { words } from "./words"

/** Fetches a list as a file and hands it to the user's downloads. */
export function useExport() {
  const { notification } = App.useApp()
  const [busy, setBusy] = useState(false)

  async function fetchAs(kind: string, format: string, query: Record<string, unknown>) {
    setBusy(true)
    const asked = new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)]))
    try {
      const answer = await fetch(`/v1/exports/${kind}.${format}?${asked}`, {
        headers: { authorization: `Bearer ${token.held()?.token}`, "accept-language": locale.now() },
      })
      if (!answer.ok) {
        const text = problemText(await answer.json())
        notification.error({ title: text.title, description: text.detail })
        return
      }
      saveAs(await answer.blob(), `${kind}-${new Date().toISOString().slice(0, 10)}.${format}`)
    } finally {
      setBusy(false)
    }
  }
  return { busy, fetchAs }
}

export function Export({ kind, query }: { kind: string; query: Record<string, unknown> }) {
  const t = useWords(words)
  const { busy, fetchAs } = useExport()

  const items = ["xlsx", "csv"].map((format) => ({
    key: format,
    label: t("exportRows", { kind: format.toUpperCase() }),
  }))
  return (
    <Dropdown trigger={["click"]} menu={{ items, onClick: ({ key }) => void fetchAs(kind, key, query) }}>
      <Button icon={<DownloadOutlined />} loading={busy}>
        {t("export")}
      </Button>
    </Dropdown>
  )
}

/** Hands a file to the user's downloads. */
export function saveAs(file: Blob, name: string): void {
  const link = document.createElement("a")
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
