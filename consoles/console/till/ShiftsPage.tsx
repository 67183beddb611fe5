import { Money, Time } from "@kit/format"
import { ListPage } from "@kit/list"
import { Status } from "@kit/record"
import { useWords } from "@kit/words"
import { words } from "./words"

const TONES = { open: "good", counted: "warn", closed: "quiet" } as const

export default function ShiftsPage() {
  const t = useWords(words)
  return (
    <ListPage
      name="shifts"
      title={t("shifts")}
      path="/v1/shifts"
      row={(one) => one.id}
      columns={[
        {
          key: "shift",
          title: t("shift"),
          render: (one) => `${one.store} · ${one.device} · ${one.shift_no}`,
          always: true,
          width: "minmax(180px, 1fr)",
        },
        {
          key: "status",
          title: t("status"),
          render: (one) => <Status tone={TONES[one.state as keyof typeof TONES]}>{t.maybe(one.state)}</Status>,
        },
        { key: "opened", title: t("openedAt"), render: (one) => <Time at={one.opened_at} /> },
        { key: "closed", title: t("closedAt"), render: (one) => (one.closed_at ? <Time at={one.closed_at} /> : null) },
        {
          key: "float",
          title: t("float"),
          align: "end",
          render: (one) => <Money minor={one.opening_float} currency={one.currency} />,
        },
        {
          key: "variance",
          title: t("variance"),
          align: "end",
          render: (one) =>
            one.variance === null ? null : <Money minor={one.variance} currency={one.currency} signed />,
        },
      ]}
      empty={{ title: t("noShifts"), body: t("noShiftsBody") }}
    />
  )
}
