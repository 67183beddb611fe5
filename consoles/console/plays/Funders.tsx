/** Who bears what is taken off, by shares that come to the whole. Nobody named: the seller bears all of it. */

import { CloseOutlined, PlusOutlined } from "@ant-design/icons"
import { useWords } from "@kit/words"
import { Button, Form, Input, InputNumber } from "antd"
import { words } from "./gate.words"

const PERCENT_BP = 100
const WHOLE_BP = 10_000

export function Funders() {
  const t = useWords(words)
  return (
    <Form.List name="funders">
      {(fields, { add, remove }) => (
        <>
          {fields.length === 0 ? <p className="muted">{t("sellerBears")}</p> : null}
          {fields.map(({ key, name }) => (
            <div className="play-two" key={key} style={{ maxWidth: 560 }}>
              <Form.Item name={[name, "funder"]} label={t("funder")}>
                <Input className="mono" maxLength={64} />
              </Form.Item>
              <Form.Item
                name={[name, "bp"]}
                label={t("share")}
                getValueProps={(bp: number) => ({ value: bp / PERCENT_BP })}
                normalize={(percent: number) => Math.round(percent * PERCENT_BP)}
              >
                <InputNumber
                  min={1 / PERCENT_BP}
                  max={100}
                  suffix="%"
                  style={{ width: "100%" }}
                  addonAfter={
                    <Button
                      type="text"
                      size="small"
                      icon={<CloseOutlined />}
                      aria-label={t("remove")}
                      onClick={() => remove(name)}
                    />
                  }
                />
              </Form.Item>
            </div>
          ))}
          <Button
            icon={<PlusOutlined />}
            onClick={() => add({ funder: fields.length ? "" : "seller", bp: fields.length ? 1 : WHOLE_BP })}
          >
            {t("addFunder")}
          </Button>
        </>
      )}
    </Form.List>
  )
}
