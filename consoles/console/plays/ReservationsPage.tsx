import { PlusOutlined } from "@ant-design/icons"
import { ListPage } from "@kit/list"
import { useSession } from "@kit/session"
import { useGo } from "@kit/shell/go"
import { useLocale, useWords } from "@kit/words"
import { Button } from "antd"
import { Bar } from "./Bar"
import { StateOf, When } from "./Editor"
import { words } from "./gate.words"
import { Tabs } from "./Tabs"

export default function ReservationsPage() {
  const t = useWords(words)
  const locale = useLocale()
  const go = useGo()
  const { may } = useSession()
  const add = may("promotion:write") ? (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => go("/plays/reservations/new")}>
      {t("newReservation")}
    </Button>
  ) : null
  return (
    <ListPage
      name="reservations"
      title={t("reservations")}
      path="/v1/reservations"
      row={(one) => one.code}
      open={(one) => `/plays/reservations/${one.code}`}
      above={<Tabs here="reservations" />}
      action={add}
      tall
      filters={[
        {
          key: "status",
          title: t("standing"),
          kind: "choice",
          pinned: true,
          options: (["draft", "published", "ended"] as const).map((value) => ({ value, label: t(`state.${value}`) })),
        },
      ]}
      columns={[
        {
          key: "name",
          title: t("name"),
          always: true,
          width: "minmax(200px, 1.4fr)",
          render: (one) => (
            <span className="play-name">
              <strong className="cut">{(locale === "zh" && one.reservation.name_zh) || one.reservation.name}</strong>
              <small className="mono cut">{`${one.code}@${one.version}`}</small>
            </span>
          ),
        },
        { key: "state", title: t("standing"), width: "170px", render: (one) => <StateOf of={one as never} /> },
        {
          key: "signup",
          title: t("signup"),
          width: "minmax(280px, 1.4fr)",
          render: (one) => <When from={one.reservation.signup_from} to={one.reservation.signup_to} />,
        },
        {
          key: "buy",
          title: t("buy"),
          width: "minmax(280px, 1.4fr)",
          render: (one) => <When from={one.reservation.buy_from} to={one.reservation.buy_to} />,
        },
        {
          key: "progress",
          title: t("signed"),
          width: "minmax(160px, 1fr)",
          render: (one) => <Bar taken={one.signups.signed} all={one.reservation.places ?? 0} />,
        },
      ]}
      empty={{ title: t("noReservation"), body: t("noReservationBody"), action: add }}
    />
  )
}
