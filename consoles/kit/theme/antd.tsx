/** antd dressed in our tokens. Colors are read from tokens.css, so there is one place to change them. */

import { App as AntApp, theme as ant, ConfigProvider } from "antd"
import en from "antd/locale/en_US"
import zh from "antd/locale/zh_CN"
import { type ReactNode, useMemo, useSyncExternalStore } from "react"
import { useLocale } from "../words"
import { preference } from "./preference"

function tokenReader(): (name: string) => string {
  const style = getComputedStyle(document.documentElement)
  return (name) => style.getPropertyValue(`--${name}`).trim()
}

export function useTheme(): "light" | "dark" {
  return useSyncExternalStore(preference.listen, preference.shown)
}

export function useDensity(): "comfortable" | "compact" {
  return useSyncExternalStore(preference.listen, preference.density)
}

const calmly = typeof matchMedia === "undefined" ? null : matchMedia("(prefers-reduced-motion: reduce)")
const wantsCalm = () => calmly?.matches ?? false

function listenCalm(listener: () => void): () => void {
  calmly?.addEventListener("change", listener)
  return () => calmly?.removeEventListener("change", listener)
}

export function Themed({ children, touch = false }: { children: ReactNode; touch?: boolean }) {
  const locale = useLocale()
  const shown = useTheme()
  const density = useDensity()
  const calm = useSyncExternalStore(listenCalm, wantsCalm)
  const config = useMemo(() => {
    const token = tokenReader()
    const row = touch ? 44 : density === "compact" ? 28 : 32
    return {
      algorithm: shown === "dark" ? ant.darkAlgorithm : ant.defaultAlgorithm,
      token: {
        fontFamily: token("font"),
        fontSize: touch ? 18 : 14,
        colorPrimary: token("primary"),
        colorInfo: token("primary"),
        colorLink: token("primary"),
        colorLinkHover: token("primary-hover"),
        colorError: token("danger"),
        colorSuccess: token("gain"),
        colorWarning: token("warn"),
        colorWarningBg: token("warn-ground"),
        colorErrorBg: token("danger-ground"),
        colorSuccessBg: token("gain-ground"),
        colorInfoBg: token("info-ground"),
        colorText: token("ink"),
        colorTextSecondary: token("muted"),
        colorTextTertiary: token("muted"),
        colorTextDescription: token("muted"),
        colorTextPlaceholder: token("faint"),
        colorTextLightSolid: token("on-primary"),
        colorBgLayout: token("ground"),
        colorBgContainer: token("surface"),
        colorBgElevated: token("raised"),
        colorBorder: token("edge"),
        colorBorderSecondary: token("hairline"),
        colorSplit: token("hairline"),
        borderRadius: 6,
        controlHeight: row,
        boxShadow: token("shadow"),
        boxShadowSecondary: token("shadow"),
        motionDurationFast: "0.08s",
        motionDurationMid: "0.12s",
        motionDurationSlow: "0.16s",
        // A menu that waits for an animation's end never comes where animations have none.
        motion: !calm,
        wireframe: false,
      },
      components: {
        Table: {
          headerBg: token("ground"),
          headerColor: token("muted"),
          headerSplitColor: "transparent",
          rowHoverBg: token("hover"),
          rowSelectedBg: token("selected"),
          rowSelectedHoverBg: token("selected"),
          cellPaddingBlockSM: density === "compact" ? 2 : 6,
          cellPaddingInlineSM: 10,
          borderColor: token("hairline"),
        },
        Button: { primaryShadow: "none", defaultShadow: "none", dangerShadow: "none" },
        Menu: {
          itemHeight: row,
          itemBorderRadius: 6,
          itemSelectedBg: token("selected"),
          itemBg: "transparent",
          subMenuItemBg: "transparent",
        },
        Tabs: { horizontalItemPadding: "8px 0" },
        Layout: { bodyBg: token("ground"), siderBg: token("ground"), headerBg: token("ground") },
      },
    }
  }, [shown, density, calm, touch])
  return (
    <ConfigProvider
      locale={locale === "zh" ? zh : en}
      theme={config}
      button={{ autoInsertSpace: false }}
      componentSize={touch ? "large" : "middle"}
    >
      <AntApp message={{ maxCount: 3 }} notification={{ placement: "bottomRight" }}>
        {children}
      </AntApp>
    </ConfigProvider>
  )
}
