/** Language and light: one key press each, remembered on this device. */

import { MoonOutlined, SunOutlined, TranslationOutlined } from "@ant-design/icons"
import { Button } from "antd"
import { useTheme } from "../theme/antd"
import { preference } from "../theme/preference"
import { defineWords, locale, useLocale, useWords } from "../words"

const words = defineWords({
  en: { other: "中文", dark: "Dark", light: "Light" },
  zh: { other: "English", dark: "深色", light: "浅色" },
})

export function LocaleSwitch() {
  const t = useWords(words)
  const now = useLocale()
  const other = now === "zh" ? "en" : "zh"
  return (
    <Button
      type="text"
      icon={<TranslationOutlined />}
      onClick={() => locale.choose(other)}
      lang={other === "zh" ? "zh-CN" : "en"}
    >
      {t("other")}
    </Button>
  )
}

export function ThemeSwitch() {
  const t = useWords(words)
  const shown = useTheme()
  const other = shown === "dark" ? "light" : "dark"
  return (
    <Button
      type="text"
      icon={other === "dark" ? <MoonOutlined /> : <SunOutlined />}
      onClick={() => preference.chooseTheme(other)}
    >
      {t(other)}
    </Button>
  )
}
