/** Something that is told once: a password or a key, to be copied before it is gone. */

import { CheckOutlined, CopyOutlined } from "@ant-design/icons"
import { useWords } from "@kit/words"
import { Alert, Button, Modal } from "antd"
import { useState } from "react"
import "./people.css"
import { words } from "./words"

export function Secret(props: { title: string; body: string; secret: string | null; close: () => void }) {
  const t = useWords(words)
  const [copied, setCopied] = useState(false)
  return (
    <Modal
      open={props.secret !== null}
      title={props.title}
      closable={false}
      mask={{ closable: false }}
      keyboard={false}
      destroyOnHidden
      footer={
        <Button type="primary" onClick={props.close}>
          {t("done")}
        </Button>
      }
    >
      <div className="secret">
        <code>{props.secret}</code>
        <Button
          icon={copied ? <CheckOutlined /> : <CopyOutlined />}
          onClick={async () => {
            await navigator.clipboard.writeText(props.secret ?? "")
            setCopied(true)
          }}
        >
          {copied ? t("copied") : t("copy")}
        </Button>
      </div>
      <Alert type="warning" showIcon title={props.body} />
    </Modal>
  )
}
