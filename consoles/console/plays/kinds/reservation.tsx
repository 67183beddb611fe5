import type { PlayKind } from "../kinds"

export const kind: PlayKind = {
  key: "reservations",
  order: 20,
  calendar: "reservation",
  title: { en: "Reservations", zh: "预约" },
  needs: "promotion:read",
  list: () => import("../ReservationsPage"),
  pages: [{ path: "/plays/reservations/$code", load: () => import("../ReservationPage"), needs: "promotion:read" }],
}
