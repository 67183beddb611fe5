/** Presales: what is sold in advance, when, and how much of it. */

import { useWords } from "@kit/words"
import { Bar, sum } from "../Bar"
import { When } from "../Editor"
import { PlayList } from "../PlayList"
import { words } from "./words"

export default function PresalesPage() {
  const t = useWords(words)
  return (
    <PlayList
      path="/v1/presales"
      title={t("presales")}
      make={t("newPresale")}
      what={(one) => one.presale}
      empty={{ title: t("noPresales"), body: t("noPresalesBody") }}
      columns={[
        { key: "deposit", title: t("deposit"), width: "130px", render: (one) => t(one.presale.deposit) },
        {
          key: "deposits",
          title: t("depositWindow"),
          width: "minmax(280px, 1.2fr)",
          render: (one) => <When from={one.presale.deposit_from} to={one.presale.deposit_to} />,
        },
        {
          key: "balances",
          title: t("balanceWindow"),
          width: "minmax(280px, 1.2fr)",
          render: (one) => <When from={one.presale.balance_from} to={one.presale.balance_to} />,
        },
        {
          key: "sold",
          title: t("sold"),
          width: "minmax(160px, 1fr)",
          render: (one) => <Bar taken={sum(one.sold, "taken")} all={sum(one.sold, "quota")} />,
        },
      ]}
    />
  )
}
