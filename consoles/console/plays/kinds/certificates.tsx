import type { PlayKind } from "../kinds"

export const kind: PlayKind = {
  key: "certificates",
  order: 80,
  calendar: "",
  title: { en: "Certificates", zh: "资质" },
  needs: "promotion:read",
  list: () => import("../CertificatesPage"),
  pages: [],
}
