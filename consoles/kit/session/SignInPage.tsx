import { Alert, Button, Form, Input } from "antd"
import { useState } from "react"
import { problemOf } from "../api/client"
import { Wordmark } from "../brand"
import { LocaleSwitch, ThemeSwitch } from "../shell/switches"
import { useWords } from "../words"
import { signIn } from "."
import "./sign-in.css"
import { words } from "./words"

const LAST = "jiutong.tenant"

interface Fields {
  tenant: string
  login: string
  password: string
}

export function SignInPage({ title }: { title?: string }) {
  const t = useWords(words)
  const [refusal, refuse] = useState("")
  const [busy, setBusy] = useState(false)
  const tenant = localStorage.getItem(LAST) ?? ""

  async function submit(fields: Fields) {
    setBusy(true)
    refuse("")
    try {
      await signIn(fields.tenant.trim(), fields.login.trim(), fields.password)
      localStorage.setItem(LAST, fields.tenant.trim())
    } catch (thrown) {
      const problem = problemOf(thrown)
      if (!problem) throw thrown
      refuse(problem.status === 0 ? t("unreachable") : problem.title)
      setBusy(false)
    }
  }

  return (
    <div className="sign-in">
      <main className="sign-in-card">
        <Wordmark size={40} />
        <p className="muted">{t("tagline")}</p>
        <h1>{title ?? t("title")}</h1>
        {refusal ? <Alert type="error" title={refusal} showIcon role="alert" /> : null}
        <Form<Fields>
          layout="vertical"
          requiredMark={false}
          initialValues={{ tenant }}
          onFinish={submit}
          disabled={busy}
        >
          <Form.Item
            name="tenant"
            label={t("tenant")}
            extra={t("tenantHelp")}
            rules={[{ required: true, message: t("missing") }]}
          >
            <Input autoComplete="organization" autoCapitalize="none" spellCheck={false} autoFocus={!tenant} />
          </Form.Item>
          <Form.Item name="login" label={t("login")} rules={[{ required: true, message: t("missing") }]}>
            <Input autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus={Boolean(tenant)} />
          </Form.Item>
          <Form.Item name="password" label={t("password")} rules={[{ required: true, message: t("missing") }]}>
            <Input.Password autoComplete="current-password" />
          </Form.Item>
          <Button type="primary" htmlType="submit" block loading={busy}>
            {t("submit")}
          </Button>
        </Form>
      </main>
      <footer className="sign-in-foot">
        <LocaleSwitch />
        <ThemeSwitch />
      </footer>
    </div>
  )
}
