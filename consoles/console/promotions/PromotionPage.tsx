/** A promotion: what it does in a sentence, who bears it, what it combines with, how much is left of it, and every version it had. */

import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import { countText, moneyText, Time } from "@kit/format"
import { Facts, RecordPage, Section } from "@kit/record"
import { useSession } from "@kit/session"
import { Go, useGo } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useLocale, useWords } from "@kit/words"
import { App, Button } from "antd"
import type { ReactNode } from "react"
import "./promotions.css"
import { Standing } from "./Standing"
import type { Promotion } from "./terms"
import { Window } from "./Window"
import { words } from "./words"

const PERCENT = 100

export default function PromotionPage() {
  const code = usePlace("promotion")
  const found = api.useQuery("get", "/v1/promotions/{code}", { params: { path: { code } } })
  return <Answer of={found}>{(one) => <Shown one={one} />}</Answer>
}

function Shown({ one }: { one: Promotion }) {
  const t = useWords(words)
  const locale = useLocale()
  const go = useGo()
  const { may } = useSession()
  const { modal } = App.useApp()
  const asked = (key: string) => ({ params: { path: { code: one.code }, header: { "Idempotency-Key": key } } })
  const refresh = ["/v1/promotions"]
  const publish = useAct((key) => send(fetcher.POST("/v1/promotions/{code}/publish", asked(key))), {
    said: t("published"),
    refresh,
  })
  const end = useAct((key) => send(fetcher.POST("/v1/promotions/{code}/end", asked(key))), {
    said: t("endedNow"),
    refresh,
  })
  const drop = useAct((key) => send(fetcher.DELETE("/v1/promotions/{code}/draft", asked(key) as never)), {
    said: t("dropped"),
    refresh,
    then: () => (one.running ? undefined : go("/promotions")),
  })
  function askEnd() {
    modal.confirm({
      title: t("endTitle"),
      content: t("endBody"),
      okText: t("endNow"),
      cancelText: t("cancel"),
      okButtonProps: { danger: true },
      onOk: () => end.mutateAsync(undefined).catch(() => undefined),
    })
  }
  const edit = `/promotions/${encodeURIComponent(one.code)}/edit`
  return (
    <RecordPage
      title={(locale === "zh" && one.terms.name_zh) || one.terms.name}
      back={{ to: "/promotions", label: t("title") }}
      status={<Standing of={one} />}
      lead={
        <>
          <span className="mono">{one.rule}</span> · {t(`stage.${one.terms.stage}`)}
        </>
      }
      actions={
        <>
          {may("promotion:write") ? <Button onClick={() => go(edit)}>{t("edit")}</Button> : null}
          {one.drafted && may("promotion:publish") ? (
            <Button type="primary" loading={publish.isPending} onClick={() => publish.mutate(undefined)}>
              {t("publishVersion", { version: one.drafted })}
            </Button>
          ) : null}
        </>
      }
      more={[
        {
          key: "simulate",
          label: t("simulate"),
          onClick: () => go(`/simulator/new?promotion=${encodeURIComponent(one.rule)}`),
        },
        ...(one.terms.stage === "coupon" && one.running
          ? [
              {
                key: "batch",
                label: t("newBatch"),
                onClick: () => go(`/coupons/new?promotion=${encodeURIComponent(`${one.code}@${one.running}`)}`),
              },
            ]
          : []),
        ...(one.drafted && may("promotion:write")
          ? [{ key: "drop", label: t("drop"), onClick: () => drop.mutate(undefined) }]
          : []),
        ...(one.running && may("promotion:publish")
          ? [{ key: "end", label: t("end"), danger: true, onClick: askEnd }]
          : []),
      ]}
    >
      <p className="promo-sentence">{locale === "zh" ? one.sentence_zh : one.sentence}</p>
      <Section title={t("terms")}>
        <Facts facts={facts(one, t)} />
      </Section>
      <Versions code={one.code} />
    </RecordPage>
  )
}

function facts(one: Promotion, t: ReturnType<typeof useWords<typeof words.en>>): [ReactNode, ReactNode][] {
  const { limits, stacking, funders, currency } = one.terms
  const rows: [ReactNode, ReactNode][] = [
    [t("window"), <Window key="window" of={one.terms} />],
    [
      t("funders"),
      funders
        .map((each) => `${each.funder === "seller" ? t("seller") : each.funder} ${each.bp / PERCENT} %`)
        .join(" · "),
    ],
  ]
  if (stacking?.group)
    rows.push([
      t("group"),
      <span key="group" className="mono">
        {stacking.group}
      </span>,
    ])
  rows.push([
    t("joins"),
    stacking?.joins?.length
      ? stacking.joins.map((name) => (name === "*" ? t("anything") : name)).join(", ")
      : t("nothingElse"),
  ])
  if (limits?.uses_max) rows.push([t("usesMax"), countText(limits.uses_max)])
  if (limits?.member_uses_max) rows.push([t("memberUsesMax"), countText(limits.member_uses_max)])
  if (limits?.budget_minor && currency) rows.push([t("budget"), moneyText(limits.budget_minor, currency)])
  if (limits?.cap_minor && currency) rows.push([t("cap"), moneyText(limits.cap_minor, currency)])
  return rows
}

function Versions({ code }: { code: string }) {
  const t = useWords(words)
  const locale = useLocale()
  const found = api.useQuery("get", "/v1/promotions/{code}/versions", { params: { path: { code } } })
  return (
    <Section title={t("versions")}>
      <Answer of={found}>
        {({ items }) => (
          <table className="promo-versions">
            <thead>
              <tr>
                <th scope="col">{t("version")}</th>
                <th scope="col">{t("standing")}</th>
                <th scope="col">{t("does")}</th>
                <th scope="col">{t("written")}</th>
                <th scope="col">{t("publishedAt")}</th>
              </tr>
            </thead>
            <tbody>
              {items.map((one) => (
                <tr key={one.version}>
                  <td className="num">{one.version}</td>
                  <td>
                    <Standing of={one} />
                  </td>
                  <td>{locale === "zh" ? one.sentence_zh : one.sentence}</td>
                  <td>
                    <Time at={one.written_at} /> <span className="muted">{one.written_by}</span>
                  </td>
                  <td>
                    {one.published_at ? (
                      <>
                        <Time at={one.published_at} /> <span className="muted">{one.published_by}</span>
                      </>
                    ) : (
                      <Go to={`/promotions/${encodeURIComponent(code)}/edit`}>{t("notYet")}</Go>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Answer>
    </Section>
  )
}
