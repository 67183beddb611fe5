import { SignInPage } from "@kit/session/SignInPage"
import { Themed } from "@kit/theme/antd"
import { useWords } from "@kit/words"
import { words } from "../words"

/** Loaded only when somebody has to sign in: the till itself needs none of its parts. */
export default function SignIn() {
  const t = useWords(words)
  return (
    <Themed touch>
      <SignInPage title={t("title")} />
    </Themed>
  )
}
