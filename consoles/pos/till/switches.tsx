import { preference } from "@kit/theme/preference"
import { defineWords, locale, useLocale, useWords } from "@kit/words"
import { useSyncExternalStore } from "react"
import { KeyButton } from "./parts"

const words = defineWords({
  en: { other: "中文", dark: "Dark", light: "Light" },
  zh: { other: "English", dark: "深色", light: "浅色" },
})

export function LocaleSwitch() {
  const t = useWords(words)
  const other = useLocale() === "zh" ? "en" : "zh"
  return (
    <KeyButton tone="quiet" lang={other === "zh" ? "zh-CN" : "en"} onClick={() => locale.choose(other)}>
      {t("other")}
    </KeyButton>
  )
}

export function ThemeSwitch() {
  const t = useWords(words)
  const shown = useSyncExternalStore(preference.listen, preference.shown)
  const other = shown === "dark" ? "light" : "dark"
  return (
    <KeyButton tone="quiet" onClick={() => preference.chooseTheme(other)}>
      {t(other)}
    </KeyButton>
  )
}
