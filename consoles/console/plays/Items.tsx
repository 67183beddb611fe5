/** The goods of a play as a table: one row for each SKU, one column for each term. */

import { CloseOutlined, PlusOutlined } from "@ant-design/icons"
import { useWords } from "@kit/words"
import { Button, Form, Input } from "antd"
import type { ReactNode } from "react"
import { words } from "./gate.words"

export interface Term {
  key: string
  title: string
  hint?: string
  needed?: boolean
  /** What the term is typed into; the table labels it. */
  field: ReactNode
}

export function Items({ terms, fresh }: { terms: Term[]; fresh: object }) {
  const t = useWords(words)
  const needed = [{ required: true, message: t("required") }]
  return (
    <Form.List name="items">
      {(fields, { add, remove }) => (
        <>
          <table className="play-items">
            <thead>
              <tr>
                <th style={{ width: "26%" }}>{t("sku")}</th>
                {terms.map((one) => (
                  <th key={one.key} title={one.hint}>
                    {one.title}
                  </th>
                ))}
                <th>
                  <span className="play-hidden">{t("remove")}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {fields.map(({ key, name }) => (
                <tr key={key}>
                  <td>
                    <Form.Item name={[name, "sku"]} rules={needed}>
                      <Input className="mono" aria-label={t("sku")} maxLength={64} />
                    </Form.Item>
                  </td>
                  {terms.map((one) => (
                    <td key={one.key}>
                      <Form.Item name={[name, one.key]} rules={one.needed ? needed : []}>
                        {one.field}
                      </Form.Item>
                    </td>
                  ))}
                  <td>
                    <Button
                      type="text"
                      icon={<CloseOutlined />}
                      aria-label={t("remove")}
                      disabled={fields.length === 1}
                      onClick={() => remove(name)}
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <Button icon={<PlusOutlined />} onClick={() => add({ ...fresh })}>
            {t("addItem")}
          </Button>
        </>
      )}
    </Form.List>
  )
}
