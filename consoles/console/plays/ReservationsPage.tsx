import { useWords } from "@kit/words"
import { Bar } from "./Bar"
import { When } from "./Editor"
import { words } from "./gate.words"
import { PlayList } from "./PlayList"

export default function ReservationsPage() {
  const t = useWords(words)
  return (
    <PlayList
      path="/v1/reservations"
      title={t("reservations")}
      make={t("newReservation")}
      what={(one) => one.reservation}
      empty={{ title: t("noReservation"), body: t("noReservationBody") }}
      columns={[
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
    />
  )
}
