/** Inputs that know what they hold, and forms that lose nothing: Ctrl/⌘+S saves, leaving unsaved changes asks first. */

import { useBlocker } from "@tanstack/react-router"
import { Form, type FormInstance, type FormProps, Input, InputNumber, Modal } from "antd"
import { type ReactNode, useEffect, useRef, useState } from "react"
import { amountText, currencySign, parseAmount } from "../format"
import { defineWords, useWords } from "../words"

const words = defineWords({
  en: {
    unsaved: "Leave without saving?",
    unsavedBody: "What you changed here is not saved yet.",
    leave: "Leave",
    stay: "Stay here",
    amount: "An amount such as 12.50",
  },
  zh: {
    unsaved: "不保存就离开吗？",
    unsavedBody: "这里的修改尚未保存。",
    leave: "离开",
    stay: "留在此页",
    amount: "请输入金额，例如 12.50",
  },
})

/** A form of a page: labels above, saved with Ctrl/⌘+S, guarded while something in it is not saved. */
export function PageForm<Fields>(
  props: Omit<FormProps<Fields>, "children"> & { form: FormInstance<Fields>; children: ReactNode },
) {
  const t = useWords(words)
  const [dirty, setDirty] = useState(false)
  const { form, children, onValuesChange, onFinish, ...rest } = props
  const saving = useRef(false)
  useEffect(() => {
    function press(event: KeyboardEvent) {
      if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return
      event.preventDefault()
      form.submit()
    }
    addEventListener("keydown", press)
    return () => removeEventListener("keydown", press)
  }, [form])
  const blocker = useBlocker({
    shouldBlockFn: () => dirty && !saving.current,
    enableBeforeUnload: () => dirty,
    withResolver: true,
  })
  return (
    <>
      <Form<Fields>
        layout="vertical"
        requiredMark={false}
        {...rest}
        form={form}
        onValuesChange={(changed, all) => {
          setDirty(true)
          onValuesChange?.(changed, all)
        }}
        onFinish={async (fields) => {
          saving.current = true
          try {
            await (onFinish?.(fields) as unknown)
            setDirty(false)
          } finally {
            saving.current = false
          }
        }}
      >
        {children}
      </Form>
      <Modal
        open={blocker.status === "blocked"}
        title={t("unsaved")}
        okText={t("leave")}
        cancelText={t("stay")}
        okButtonProps={{ danger: true }}
        onOk={() => blocker.proceed?.()}
        onCancel={() => blocker.reset?.()}
      >
        {t("unsavedBody")}
      </Modal>
    </>
  )
}

interface Controlled<T> {
  id?: string
  value?: T | null
  onChange?: (value: T | null) => void
  "aria-label"?: string
  autoFocus?: boolean
  disabled?: boolean
}

/** An amount in minor units, typed in major ones. */
export function MoneyInput({ value, onChange, currency, ...rest }: Controlled<number> & { currency: string }) {
  const t = useWords(words)
  const [typed, type] = useState<string | null>(null)
  const wrong = typed !== null && typed.trim() !== "" && parseAmount(typed, currency) === null
  return (
    <Input
      {...rest}
      inputMode="decimal"
      prefix={<span className="muted">{currencySign(currency)}</span>}
      status={wrong ? "error" : undefined}
      title={wrong ? t("amount") : undefined}
      style={{ fontVariantNumeric: "tabular-nums" }}
      value={typed ?? (value === null || value === undefined ? "" : amountText(value, currency))}
      onFocus={(event) => event.target.select()}
      onChange={(event) => {
        type(event.target.value)
        onChange?.(event.target.value.trim() === "" ? null : parseAmount(event.target.value, currency))
      }}
      onBlur={() => {
        if (!wrong) type(null)
      }}
    />
  )
}

/** A whole number of base units. */
export function QuantityInput({
  unit,
  min = 0,
  max = 1_000_000_000,
  ...rest
}: Controlled<number> & { unit?: string; min?: number; max?: number }) {
  return (
    <InputNumber<number>
      {...rest}
      min={min}
      max={max}
      precision={0}
      suffix={unit && unit !== "piece" ? <span className="muted">{unit}</span> : undefined}
      style={{ width: "100%" }}
      onFocus={(event) => event.target.select()}
    />
  )
}
