import { useWords } from "@kit/words"
import { Bar, sum } from "./Bar"
import { When } from "./Editor"
import { words } from "./gate.words"
import { PlayList } from "./PlayList"

export default function FlashSalesPage() {
  const t = useWords(words)
  return (
    <PlayList
      path="/v1/flash-sales"
      title={t("flashSales")}
      make={t("newFlash")}
      what={(one) => one.flash_sale}
      empty={{ title: t("noFlash"), body: t("noFlashBody") }}
      columns={[
        {
          key: "window",
          title: t("window"),
          width: "minmax(280px, 1.4fr)",
          render: (one) => <When from={one.flash_sale.begins_at} to={one.flash_sale.ends_at} />,
        },
        {
          key: "progress",
          title: t("progress"),
          width: "minmax(180px, 1fr)",
          render: (one) => (
            <Bar taken={sum(one.items, "sold") + sum(one.items, "held")} all={sum(one.items, "allotment")} />
          ),
        },
      ]}
    />
  )
}
