/** A line over every page while a company is bought for: whose prices these are, and the way to its negotiations. */

import { company } from "../held"
import { Go } from "../router"
import { useSay } from "../say"
import { useEmployer } from "./Employer"

export default function BuyingFor() {
  const t = useSay()
  const { employer } = useEmployer()
  if (!employer) return null
  return (
    <p className="buying-for">
      <span>{t("buyingForNow", { company: employer.name })}</span>
      <Go href="/prices">{t("talks")}</Go>
      <button type="button" className="link" onClick={() => company.keep("")}>
        {t("buyForMyself")}
      </button>
    </p>
  )
}
