/** Coupons, one by one: whose each is and what became of it. */

import { Time } from "@kit/format"
import { ListPage, useSearchState } from "@kit/list"
import { Status, type Tone } from "@kit/record"
import { Go } from "@kit/shell/go"
import { useLocale, useWords } from "@kit/words"
import "./coupons.css"
import { words } from "./words"

const STATES = ["free", "held", "used", "expired"] as const
export const TONES: Record<(typeof STATES)[number], Tone> = {
  free: "good",
  held: "busy",
  used: "quiet",
  expired: "warn",
}

export default function CouponsPage() {
  const t = useWords(words)
  const locale = useLocale()
  const [search] = useSearchState()
  return (
    <ListPage
      name="coupons"
      title={t("all")}
      path="/v1/coupons"
      row={(one) => one.coupon}
      search={{ key: "code", hint: t("findCode") }}
      filters={[
        {
          key: "batch",
          title: t("batch"),
          kind: "text",
          pinned: true,
        },
        {
          key: "of",
          title: t("stateOf"),
          kind: "choice",
          pinned: true,
          options: STATES.map((value) => ({ value, label: t(`state.${value}`) })),
        },
        { key: "member", title: t("member"), kind: "text" },
      ]}
      exports="coupons"
      columns={[
        {
          key: "code",
          title: t("code"),
          always: true,
          width: "190px",
          render: (one) => <span className="mono">{one.code}</span>,
        },
        {
          key: "batch",
          title: t("batch"),
          width: "minmax(180px, 1.4fr)",
          render: (one) => (
            <Go to={`/coupons/${encodeURIComponent(one.batch)}`} className="cut">
              {(locale === "zh" && one.name_zh) || one.name}
            </Go>
          ),
        },
        {
          key: "state",
          title: t("stateOf"),
          width: "160px",
          render: (one) => <Status tone={TONES[one.state]}>{t(`state.${one.state}`)}</Status>,
        },
        {
          key: "member",
          title: t("member"),
          width: "minmax(150px, 1fr)",
          render: (one) =>
            one.member ? (
              <Go to={`/members/${one.member}`} className="mono cut">
                {one.member}
              </Go>
            ) : (
              <span className="muted">{t("nobody")}</span>
            ),
        },
        { key: "via", title: t("viaOf"), width: "120px", render: (one) => t(`via.${one.via}`) },
        { key: "got", title: t("got"), width: "130px", render: (one) => <Time at={one.got_at} /> },
        { key: "until", title: t("until"), width: "130px", render: (one) => <Time at={one.valid_to} /> },
      ]}
      action={<Go to={search.batch ? `/coupons/${encodeURIComponent(search.batch)}` : "/coupons"}>{t("batches")}</Go>}
      empty={{ title: t("allNone"), body: t("allNoneBody") }}
    />
  )
}
