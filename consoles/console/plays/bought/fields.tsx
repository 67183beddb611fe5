/** Fields both editors have, and how what is typed becomes what the API takes. */

import { DeleteOutlined, PlusOutlined } from "@ant-design/icons"
import { QuantityInput } from "@kit/form"
import { useWords } from "@kit/words"
import { Button, Form, Input, Select } from "antd"
import dayjs, { type Dayjs } from "dayjs"
import { choices, type Named, useAll } from "../../products/catalog"
import { words } from "./words"

export const CODE = /^[^\s/+@:]{1,40}$/
export const CURRENCIES = ["CNY", "USD", "EUR", "HKD", "JPY", "GBP", "SGD", "TWD", "KRW"]
const WHOLE_BP = 10_000
const PERCENT_BP = 100

export interface FunderField {
  funder: string
  percent: number
}

export interface SharedFields {
  code: string
  name: string
  name_zh?: string
  currency: string
  channels: string[]
  funders: FunderField[]
}

export const at = (when: string | undefined): Dayjs | undefined => (when ? dayjs(when) : undefined)

export const span = (from?: string, to?: string): [Dayjs, Dayjs] | undefined =>
  from && to ? [dayjs(from), dayjs(to)] : undefined

export const fundersOf = (typed: FunderField[] | undefined) =>
  (typed ?? []).map((one) => ({ funder: one.funder, bp: Math.round(one.percent * PERCENT_BP) }))

export const percentsOf = (funders: readonly { funder: string; bp: number }[] | undefined): FunderField[] =>
  (funders ?? []).map((one) => ({ funder: one.funder, percent: one.bp / PERCENT_BP }))

export function useNeeded() {
  const t = useWords(words)
  return [{ required: true, message: t("required") }]
}

export function WhatItIs({ known }: { known: boolean }) {
  const t = useWords(words)
  const needed = useNeeded()
  const channels = useAll<Named>("/v1/channels")
  return (
    <div className="bought-two">
      <Form.Item name="name" label={t("name")} rules={needed}>
        <Input autoFocus={!known} maxLength={120} />
      </Form.Item>
      <Form.Item name="name_zh" label={t("nameZh")}>
        <Input maxLength={120} />
      </Form.Item>
      {known ? null : (
        <Form.Item
          name="code"
          label={t("code")}
          extra={t("codeHint")}
          rules={[...needed, { pattern: CODE, message: t("badCode") }]}
        >
          <Input className="mono" maxLength={40} />
        </Form.Item>
      )}
      <Form.Item name="currency" label={t("currency")} rules={needed}>
        <Select showSearch options={CURRENCIES.map((value) => ({ value, label: value }))} />
      </Form.Item>
      <Form.Item name="channels" label={t("channels")}>
        <Select mode="multiple" allowClear placeholder={t("everywhere")} options={choices(channels)} />
      </Form.Item>
    </div>
  )
}

export function Funders() {
  const t = useWords(words)
  const needed = useNeeded()
  return (
    <Form.Item label={t("funders")} extra={t("fundersHint")}>
      <Form.List name="funders">
        {(rows, { add, remove }) => (
          <>
            {rows.map((row) => (
              <div className="bought-row" key={row.key}>
                <Form.Item name={[row.name, "funder"]} rules={needed}>
                  <Input aria-label={t("funder")} placeholder={t("funder")} maxLength={64} />
                </Form.Item>
                <Form.Item name={[row.name, "percent"]} rules={needed}>
                  <QuantityInput aria-label={t("share")} min={1} max={WHOLE_BP / PERCENT_BP} unit="%" />
                </Form.Item>
                <Button
                  type="text"
                  icon={<DeleteOutlined />}
                  aria-label={t("remove")}
                  onClick={() => remove(row.name)}
                />
              </div>
            ))}
            <Button icon={<PlusOutlined />} onClick={() => add()}>
              {t("addFunder")}
            </Button>
          </>
        )}
      </Form.List>
    </Form.Item>
  )
}
