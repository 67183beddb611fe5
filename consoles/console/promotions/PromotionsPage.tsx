/** Promotions: each with the sentence it makes, and how it stands. */

import { PlusOutlined } from "@ant-design/icons"
import { ListPage } from "@kit/list"
import { useSession } from "@kit/session"
import { useGo } from "@kit/shell/go"
import { useLocale, useWords } from "@kit/words"
import { Button } from "antd"
import "./promotions.css"
import { Standing } from "./Standing"
import { STAGES } from "./terms"
import { Window } from "./Window"
import { words } from "./words"

const STATES = ["published", "draft", "ended"] as const

export default function PromotionsPage() {
  const t = useWords(words)
  const locale = useLocale()
  const go = useGo()
  const { may } = useSession()
  return (
    <ListPage
      name="promotions"
      title={t("title")}
      path="/v1/promotions"
      row={(one) => one.code}
      open={(one) => `/promotions/${encodeURIComponent(one.code)}`}
      search={{ key: "q", hint: t("find") }}
      filters={[
        {
          key: "state",
          title: t("standing"),
          kind: "choice",
          pinned: true,
          options: STATES.map((value) => ({ value, label: t(`state.${value}`) })),
        },
        {
          key: "stage",
          title: t("stageOf"),
          kind: "choice",
          pinned: true,
          options: STAGES.map((value) => ({ value, label: t(`stage.${value}`) })),
        },
      ]}
      tall
      columns={[
        {
          key: "name",
          title: t("name"),
          always: true,
          width: "minmax(200px, 1.2fr)",
          render: (one) => (
            <span className="promo-name">
              <strong className="cut">{(locale === "zh" && one.terms.name_zh) || one.terms.name}</strong>
              <small className="mono cut">{one.rule}</small>
            </span>
          ),
        },
        {
          key: "sentence",
          title: t("does"),
          width: "minmax(320px, 3fr)",
          render: (one) => <span className="promo-does">{locale === "zh" ? one.sentence_zh : one.sentence}</span>,
        },
        { key: "stage", title: t("stageOf"), width: "120px", render: (one) => t(`stage.${one.terms.stage}`) },
        { key: "standing", title: t("standing"), width: "130px", render: (one) => <Standing of={one} /> },
        { key: "window", title: t("window"), width: "210px", render: (one) => <Window of={one.terms} /> },
      ]}
      action={
        <>
          <Button onClick={() => go("/simulator/try")}>{t("try")}</Button>
          {may("promotion:write") ? (
            <Button type="primary" icon={<PlusOutlined />} onClick={() => go("/promotions/new")}>
              {t("new")}
            </Button>
          ) : null}
        </>
      }
      empty={{ title: t("none"), body: t("noneBody") }}
    />
  )
}
