import { fetcher } from "@kit/api/client"
import { useWords } from "@kit/words"
import { useEffect, useRef, useState } from "react"
import type { Member } from "../keep/db"
import { Dialog, KeyButton } from "../till/parts"
import { told, useStanding } from "../till/pos"
import { words } from "../words"

/** A phone number has a plus or is all digits of a phone's length; everything else is a card. */
export function memberOf(typed: string): Pick<Member, "kind" | "value"> | null {
  const value = typed.replace(/[\s-]/g, "")
  if (value.length < 3) return null
  return { kind: /^\+\d{7,15}$/.test(value) || /^1\d{10}$/.test(value) ? "phone" : "card", value }
}

export function MemberDialog(props: { member: Member | null; take(member: Member | null): void; close(): void }) {
  const t = useWords(words)
  const standing = useStanding()
  const [text, setText] = useState("")
  const [said, say] = useState("")
  const [name, setName] = useState("")
  const wanted = memberOf(text)
  const asked = useRef(0)

  useEffect(() => {
    const who = memberOf(text)
    const mine = ++asked.current
    say("")
    setName("")
    if (!who) return
    if (!standing.online) return say(t("memberOffline"))
    const timer = setTimeout(() => {
      told(fetcher.POST("/v1/members/find", { body: { kind: who.kind, text: who.value } as never })).then(
        (found) => {
          if (mine !== asked.current) return
          const one = (found as { items?: readonly { name?: string; joined_at?: string }[] }).items?.[0]
          setName(one?.name ?? "")
          say(
            one
              ? one.joined_at
                ? t("memberKnown", { day: one.joined_at.slice(0, 10) })
                : t("member")
              : t("memberNew"),
          )
        },
        () => mine === asked.current && say(t("memberOffline")),
      )
    }, 200)
    return () => clearTimeout(timer)
  }, [text, standing.online, t])

  function take(typed: string) {
    const who = memberOf(typed)
    if (!who) return
    props.take({ ...who, name: typed === text ? name : "" })
    props.close()
  }

  return (
    <Dialog title={t("member")} close={props.close} scans={{ policy: "take", take }}>
      <label className="field field-large">
        <span>{t("memberHelp")}</span>
        <input
          autoFocus
          autoComplete="off"
          inputMode="tel"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") take(text)
          }}
        />
        <small role="status">{name ? `${name} · ${said}` : said}</small>
      </label>
      <div className="dialog-foot">
        {props.member ? (
          <KeyButton
            onClick={() => {
              props.take(null)
              props.close()
            }}
          >
            {t("memberNone")}
          </KeyButton>
        ) : null}
        <KeyButton tone="primary" keyName="Enter" disabled={!wanted} onClick={() => take(text)}>
          {t("memberTake")}
        </KeyButton>
      </div>
    </Dialog>
  )
}
