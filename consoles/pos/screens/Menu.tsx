import { fetcher, idempotencyKey } from "@kit/api/client"
import { moneyText, parseAmount } from "@kit/format"
import { useLocale, useWords } from "@kit/words"
import { useEffect, useRef, useState } from "react"
import { AmountField, Dialog, KeyButton, Said, useAsked } from "../till/parts"
import { told, useMay, usePos, useStanding } from "../till/pos"
import { LocaleSwitch, ThemeSwitch } from "../till/switches"
import { words } from "../words"
import { CloseShift } from "./CloseShift"
import { ReportSheet } from "./ReportSheet"

type Page = "menu" | "in" | "out" | "x" | "close" | "settings"

export function Menu({ close }: { close(): void }) {
  const t = useWords(words)
  const pos = usePos()
  const may = useMay()
  const { lease } = useStanding()
  const [page, go] = useState<Page>("menu")
  const shift = lease?.shift ?? null
  const [heard, hear] = useState("")
  const titles: Record<Page, string> = {
    menu: t("menu"),
    in: t("payIn"),
    out: t("payOut"),
    x: t("xReport"),
    close: t("closeShift"),
    settings: t("settings"),
  }
  return (
    <Dialog
      title={titles[page]}
      close={page === "menu" ? close : () => go("menu")}
      wide={page !== "menu"}
      scans={page === "settings" ? { policy: "take", take: hear } : { policy: "reject" }}
    >
      {page === "menu" ? (
        <div className="menu">
          <h3 className="label">
            {shift
              ? `${t("shiftNo", { no: shift.shift_no })} · ${t("shiftOpenSince", { time: new Date(shift.opened_at).toLocaleString() })}`
              : t("notOpen")}
          </h3>
          <KeyButton disabled={!shift} onClick={() => go("in")}>
            {t("payIn")}
          </KeyButton>
          <KeyButton disabled={!shift} onClick={() => go("out")}>
            {t("payOut")}
          </KeyButton>
          {may("till:report") ? (
            <KeyButton disabled={!shift} onClick={() => go("x")}>
              {t("xReport")}
            </KeyButton>
          ) : null}
          <KeyButton tone="primary" disabled={!shift} onClick={() => go("close")}>
            {t("closeShift")}
          </KeyButton>
          <h3 className="label">{t("till")}</h3>
          <KeyButton onClick={() => go("settings")}>{t("settings")}</KeyButton>
          <KeyButton onClick={pos.leave}>{t("otherTill")}</KeyButton>
          <KeyButton onClick={pos.signOut}>{t("signOut")}</KeyButton>
          <div className="menu-switches">
            <LocaleSwitch />
            <ThemeSwitch />
          </div>
        </div>
      ) : null}
      {(page === "in" || page === "out") && shift ? (
        <MoveCash kind={page} shift={shift.id} done={() => go("menu")} />
      ) : null}
      {page === "x" && shift ? <XReport shift={shift.id} /> : null}
      {page === "close" && shift ? <CloseShift shift={shift} closed={close} sellOn={() => go("menu")} /> : null}
      {page === "settings" ? <SettingsPage heard={heard} /> : null}
    </Dialog>
  )
}

function XReport({ shift }: { shift: string }) {
  const asked = useAsked(() => told(fetcher.GET("/v1/shifts/{shift}/report", { params: { path: { shift } } })), [shift])
  return (
    <>
      <Said thrown={asked.thrown} />
      {asked.data ? <ReportSheet view={asked.data} /> : null}
    </>
  )
}

function MoveCash(props: { kind: "in" | "out"; shift: string; done(): void }) {
  const t = useWords(words)
  const zh = useLocale() === "zh"
  const { currency } = usePos().here
  const [amount, setAmount] = useState("")
  const [reason, setReason] = useState("")
  const [note, setNote] = useState("")
  const [thrown, setThrown] = useState<unknown>(null)
  const key = useRef(idempotencyKey())
  const reasons = useAsked(() => told(fetcher.GET("/v1/till/reasons")), [])
  const minor = parseAmount(amount, currency)
  const ready = minor !== null && minor > 0 && reason !== ""

  async function move() {
    if (!ready) return
    setThrown(null)
    try {
      const params = { path: { shift: props.shift }, header: { "Idempotency-Key": key.current } }
      await told(
        fetcher.POST("/v1/shifts/{shift}/movements", {
          params,
          body: { kind: props.kind, amount_minor: minor, reason, note },
        } as never),
      )
      props.done()
    } catch (refusal) {
      key.current = idempotencyKey()
      setThrown(refusal)
    }
  }

  return (
    <>
      <AmountField label={t("amount")} value={amount} change={setAmount} currency={currency} autoFocus large />
      <div className="fields">
        <label className="field">
          <span>{t("reason")}</span>
          <select value={reason} onChange={(event) => setReason(event.target.value)}>
            <option value="">—</option>
            {(reasons.data?.items ?? [])
              .filter((one) => one.kind === props.kind)
              .map((one) => (
                <option key={one.code} value={one.code}>
                  {zh ? one.means_zh : one.means}
                </option>
              ))}
          </select>
        </label>
        <label className="field">
          <span>{t("note")}</span>
          <input value={note} maxLength={500} onChange={(event) => setNote(event.target.value)} />
        </label>
      </div>
      <Said thrown={thrown} />
      <div className="dialog-foot">
        <KeyButton tone="primary" disabled={!ready} onClick={() => void move()}>
          {t(props.kind === "in" ? "putIn" : "takeOut", { amount: moneyText(minor ?? 0, currency) })}
        </KeyButton>
      </div>
    </>
  )
}

function SettingsPage({ heard }: { heard: string }) {
  const t = useWords(words)
  const pos = usePos()
  const { settings } = pos
  const { scanner } = settings
  const [gap, setGap] = useState(String(scanner.gapMs))
  const [least, setLeast] = useState(String(scanner.lengthMin))
  const change = (to: Partial<typeof scanner>) => pos.changeSettings({ ...settings, scanner: { ...scanner, ...to } })
  useEffect(() => {
    pos.router.settings = scanner
  }, [pos.router, scanner])
  return (
    <div className="fields fields-stacked">
      <label className="field">
        <span>{t("prefix")}</span>
        <input value={scanner.prefix} maxLength={4} onChange={(event) => change({ prefix: event.target.value })} />
      </label>
      <label className="field">
        <span>{t("suffix")}</span>
        <select
          value={scanner.suffix}
          onChange={(event) => change({ suffix: event.target.value as typeof scanner.suffix })}
        >
          <option value="Enter">Enter</option>
          <option value="Tab">Tab</option>
          <option value="none">{t("none")}</option>
        </select>
      </label>
      <label className="field">
        <span>{t("gap")}</span>
        <input
          inputMode="numeric"
          value={gap}
          onChange={(event) => {
            setGap(event.target.value)
            const ms = Number(event.target.value)
            if (ms >= 5 && ms <= 200) change({ gapMs: ms })
          }}
        />
      </label>
      <label className="field">
        <span>{t("lengthMin")}</span>
        <input
          inputMode="numeric"
          value={least}
          onChange={(event) => {
            setLeast(event.target.value)
            const count = Number(event.target.value)
            if (count >= 2 && count <= 20) change({ lengthMin: count })
          }}
        />
      </label>
      <label className="field">
        <span>{t("paper")}</span>
        <select
          value={settings.paper}
          onChange={(event) => pos.changeSettings({ ...settings, paper: event.target.value === "58" ? 58 : 80 })}
        >
          <option value="80">80 mm</option>
          <option value="58">58 mm</option>
        </select>
      </label>
      <label className="tick">
        <input
          type="checkbox"
          checked={settings.autoPrint}
          onChange={(event) => pos.changeSettings({ ...settings, autoPrint: event.target.checked })}
        />
        <span>{t("autoPrint")}</span>
      </label>
      <label className="tick">
        <input
          type="checkbox"
          checked={settings.sound}
          onChange={(event) => pos.changeSettings({ ...settings, sound: event.target.checked })}
        />
        <span>{t("sound")}</span>
      </label>
      <p role="status" className="muted">
        {heard ? t("heard", { code: heard }) : t("tryScanner")}
      </p>
    </div>
  )
}
