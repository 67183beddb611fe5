import { Alert, Button, Form, Input, type InputRef } from "antd"
import { useEffect, useRef, useState } from "react"
import { problemOf } from "../api/client"
import { Wordmark } from "../brand"
import { Nine } from "../brand/Nine"
import { useTitle } from "../record"
import { LocaleSwitch, ThemeSwitch } from "../shell/switches"
import { useLocale, useWords } from "../words"
import { signIn } from "."
import "./sign-in.css"
import { words } from "./words"

const LAST = "jiutong.tenant"
/** Where the commands of the installation live; printed as they are typed. */
const LET_IN = "./jt tenant let-owner-in"

interface Fields {
  tenant: string
  login: string
  password: string
}

export function SignInPage({ title }: { title?: string }) {
  const t = useWords(words)
  const zh = useLocale() === "zh"
  const [refusal, refuse] = useState("")
  const [busy, setBusy] = useState(false)
  const [capitals, setCapitals] = useState(false)
  const [form] = Form.useForm<Fields>()
  const password = useRef<InputRef>(null)
  const tenant = localStorage.getItem(LAST) ?? ""
  useTitle(title ?? t("title"))
  // A refusal is read out by its alert; the cursor waits where the mistake most likely is.
  useEffect(() => {
    if (refusal) password.current?.focus({ cursor: "all" })
  }, [refusal])

  async function submit(fields: Fields) {
    setBusy(true)
    refuse("")
    try {
      await signIn(fields.tenant.trim(), fields.login.trim(), fields.password)
      localStorage.setItem(LAST, fields.tenant.trim())
    } catch (thrown) {
      const problem = problemOf(thrown)
      if (!problem) throw thrown
      setBusy(false)
      refuse(
        problem.status === 0
          ? t("unreachable")
          : problem.status === 429
            ? t("wait", { seconds: Number(problem.retry_after_s ?? 60) })
            : problem.status === 401
              ? t("wrong")
              : problem.title,
      )
    }
  }

  return (
    <div className="sign-in">
      <aside className="sign-in-brand" aria-hidden="true">
        <Nine />
        <p>{t("tagline")}</p>
      </aside>
      <div className="sign-in-side">
        <main id="main" className="sign-in-card">
          <Wordmark size={32} zh={zh} />
          <h1>{title ?? t("title")}</h1>
          {refusal ? <Alert type="error" title={refusal} showIcon role="alert" /> : null}
          <Form<Fields>
            form={form}
            layout="vertical"
            requiredMark={false}
            initialValues={{ tenant }}
            onFinish={submit}
            size="large"
          >
            <Form.Item
              name="tenant"
              label={t("tenant")}
              extra={tenant ? undefined : t("tenantHelp")}
              rules={[{ required: true, whitespace: true, message: t("missingTenant") }]}
            >
              <Input autoComplete="organization" autoCapitalize="none" spellCheck={false} autoFocus={!tenant} />
            </Form.Item>
            <Form.Item
              name="login"
              label={t("login")}
              rules={[{ required: true, whitespace: true, message: t("missingLogin") }]}
            >
              <Input autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus={Boolean(tenant)} />
            </Form.Item>
            <Form.Item
              name="password"
              label={t("password")}
              rules={[{ required: true, message: t("missingPassword") }]}
              extra={capitals ? <span className="sign-in-capitals">{t("capitals")}</span> : undefined}
            >
              <Input.Password
                ref={password}
                autoComplete="current-password"
                onKeyUp={(event) => setCapitals(event.getModifierState("CapsLock"))}
              />
            </Form.Item>
            <Button type="primary" htmlType="submit" block loading={busy}>
              {busy ? t("busy") : t("submit")}
            </Button>
          </Form>
          <details className="sign-in-help">
            <summary>{t("help")}</summary>
            <p>{t("helpPrinted")}</p>
            <p>{t("helpLost")}</p>
            <code className="mono">{LET_IN} demo</code>
            <p>{t("helpColleague")}</p>
          </details>
        </main>
        <footer className="sign-in-foot">
          <LocaleSwitch />
          <ThemeSwitch />
        </footer>
      </div>
    </div>
  )
}
