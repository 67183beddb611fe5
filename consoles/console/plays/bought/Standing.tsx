/** How a presale or group buy stands, and what can be done with it. */

import { send, useAct } from "@kit/api/act"
import { fetcher } from "@kit/api/client"
import { Status } from "@kit/record"
import { useSession } from "@kit/session"
import { useWords } from "@kit/words"
import { App, Button } from "antd"
import { words } from "./words"

export interface Standing {
  code: string
  version: number
  state: "draft" | "published" | "ended"
  in_force?: number | null
}

export function StandingOf({ play }: { play: Standing }) {
  const t = useWords(words)
  if (play.state === "published") return <Status tone="good">{t("published")}</Status>
  if (play.state === "ended") return <Status tone="quiet">{t("ended")}</Status>
  if (play.in_force) return <Status tone="busy">{t("draftOver", { version: play.in_force })}</Status>
  return <Status tone="busy">{t("draft")}</Status>
}

/** Publish what is drafted, end what is in force. */
export function Acts({ play, at }: { play: Standing; at: "presales" | "group-buys" }) {
  const t = useWords(words)
  const { may } = useSession()
  const { modal } = App.useApp()
  const path = { params: { path: { code: play.code } } }
  const refresh = ["/v1/presales", "/v1/group-buys", "/v1/plays"]
  const publish = useAct(
    (key) => {
      const asked = { params: { path: { code: play.code }, header: { "Idempotency-Key": key } } }
      return at === "presales"
        ? send(fetcher.POST("/v1/presales/{code}/publish", asked))
        : send(fetcher.POST("/v1/group-buys/{code}/publish", asked))
    },
    { said: t("published2"), refresh },
  )
  const end = useAct(
    () =>
      at === "presales"
        ? send(fetcher.POST("/v1/presales/{code}/end", path))
        : send(fetcher.POST("/v1/group-buys/{code}/end", path)),
    { said: t("endedNow"), refresh },
  )
  if (!may("promotion:publish")) return null
  const ask = (title: string, content: string, act: () => void, danger: boolean) =>
    modal.confirm({ title, content, okText: title, okButtonProps: { danger }, cancelText: t("cancel"), onOk: act })
  return (
    <>
      {play.in_force || play.state === "published" ? (
        <Button danger loading={end.isPending} onClick={() => ask(t("end"), t("endBody"), () => end.mutate(), true)}>
          {t("end")}
        </Button>
      ) : null}
      {play.state === "draft" ? (
        <Button
          type="primary"
          loading={publish.isPending}
          onClick={() => ask(t("publish"), t("publishBody"), () => publish.mutate(), false)}
        >
          {t("publish")}
        </Button>
      ) : null}
    </>
  )
}
