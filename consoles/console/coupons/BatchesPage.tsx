/** Batches of coupons: how they stand, and how far each has come. */

import { PlusOutlined } from "@ant-design/icons"
import { Time } from "@kit/format"
import { ListPage } from "@kit/list"
import { useSession } from "@kit/session"
import { useGo } from "@kit/shell/go"
import { useLocale, useWords } from "@kit/words"
import { Button } from "antd"
import { Progress, Standing } from "./Standing"
import { lastOf } from "./sentence"
import { words } from "./words"

const STATUSES = ["live", "draft", "stopped", "ended"] as const

export default function BatchesPage() {
  const t = useWords(words)
  const locale = useLocale()
  const go = useGo()
  const { may } = useSession()
  return (
    <ListPage
      name="coupon-batches"
      title={t("title")}
      path="/v1/coupon-batches"
      row={(one) => one.code}
      open={(one) => `/coupons/${encodeURIComponent(one.code)}`}
      search={{ key: "text", hint: t("find") }}
      filters={[
        {
          key: "status",
          title: t("standing"),
          kind: "choice",
          pinned: true,
          options: STATUSES.map((value) => ({ value, label: t(`status.${value}`) })),
        },
      ]}
      exports="coupon-batches"
      tall
      columns={[
        {
          key: "name",
          title: t("name"),
          always: true,
          width: "minmax(220px, 2fr)",
          render: (one) => (
            <span className="coupon-name">
              <strong className="cut">{(locale === "zh" && one.name_zh) || one.name}</strong>
              <small className="mono cut">{one.code}</small>
            </span>
          ),
        },
        { key: "kind", title: t("kindOf"), width: "150px", render: (one) => t(`kind.${one.kind}`) },
        { key: "status", title: t("standing"), width: "130px", render: (one) => <Standing of={one} /> },
        {
          key: "progress",
          title: t("progress"),
          width: "minmax(220px, 1.4fr)",
          render: (one) => <Progress of={one} />,
        },
        {
          key: "promotion",
          title: t("promotion"),
          width: "minmax(140px, 1fr)",
          render: (one) => <span className="mono cut">{one.promotion}</span>,
        },
        {
          key: "window",
          title: t("window"),
          width: "220px",
          render: (one) => (
            <span>
              <Time at={one.claim_from} /> – <Time at={lastOf(one.claim_to)} />
            </span>
          ),
        },
      ]}
      action={
        <>
          <Button onClick={() => go("/coupons/all")}>{t("all")}</Button>
          {may("coupon:write") ? (
            <Button type="primary" icon={<PlusOutlined />} onClick={() => go("/coupons/new")}>
              {t("newBatch")}
            </Button>
          ) : null}
        </>
      }
      empty={{ title: t("none"), body: t("noneBody") }}
    />
  )
}
