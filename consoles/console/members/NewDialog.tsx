/** Asks what a company or a customer group is called and goes by, writes it and opens it. */

import { useAct } from "@kit/api/act"
import { useGo } from "@kit/shell/go"
import { useWords } from "@kit/words"
import { Form, Input, Modal } from "antd"
import { business } from "./business"

const CODE = /^[^\s/]{1,64}$/

export interface Called {
  code: string
  name: string
}

interface NewDialogProps {
  title: string
  put: (one: Called) => Promise<{ code: string }>
  /** The path of what is read anew. */
  refresh: string
  /** Where such things are opened. */
  to: string
  close: () => void
}

export function NewDialog({ title, put, refresh, to, close }: NewDialogProps) {
  const t = useWords(business)
  const go = useGo()
  const [form] = Form.useForm<Called>()
  const act = useAct((_key, one: Called) => put(one), {
    said: t("saved"),
    refresh: [refresh],
    form,
    then: (answer) => go(`${to}/${encodeURIComponent(answer.code)}`),
  })
  const needed = [{ required: true, whitespace: true, message: t("required") }]
  return (
    <Modal
      open
      title={title}
      okText={t("create")}
      cancelText={t("cancel")}
      okButtonProps={{ loading: act.isPending }}
      onCancel={close}
      onOk={() => form.submit()}
    >
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(one) => act.mutate(one)}>
        <Form.Item name="name" label={t("name")} rules={needed}>
          <Input autoFocus maxLength={300} />
        </Form.Item>
        <Form.Item name="code" label={t("code")} rules={[...needed, { pattern: CODE, message: t("badCode") }]}>
          <Input className="mono" maxLength={64} />
        </Form.Item>
      </Form>
    </Modal>
  )
}
