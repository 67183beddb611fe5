import type { FoundOrderView } from "@kit/api/schema.gen"
import { type FormEvent, useEffect, useState } from "react"
import { ask, type Refusal, refusalOf } from "../ask"
import { holdOrder } from "../held"
import { go } from "../router"
import { useSay } from "../say"
import { Button, Field, Refused } from "../ui/ui"

export default function FindPage() {
  const t = useSay()
  const [order, setOrder] = useState("")
  const [contact, setContact] = useState("")
  const [tried, setTried] = useState(false)
  const [refusal, setRefusal] = useState<Refusal>()
  useEffect(() => {
    document.title = t("findTitle")
  }, [t])
  const find = async (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (!order.trim() || !contact.trim()) return
    setRefusal(undefined)
    try {
      const found = await ask<FoundOrderView>("POST", "/orders/find", {
        body: { order: order.trim(), contact: contact.trim() },
      })
      holdOrder(found.id, found.key)
      go(`/orders/${found.id}`)
    } catch (thrown) {
      setRefusal(refusalOf(thrown))
    }
  }
  return (
    <form className="narrow" onSubmit={find} noValidate>
      <h1>{t("findTitle")}</h1>
      <p className="muted">{t("findBody")}</p>
      <Field
        label={t("orderNumber")}
        value={order}
        placeholder="ord_…"
        autoComplete="off"
        spellCheck={false}
        error={tried && !order.trim() ? t("required") : undefined}
        onChange={(event) => setOrder(event.target.value)}
      />
      <Field
        label={t("phoneOrEmail")}
        value={contact}
        autoComplete="email"
        error={tried && !contact.trim() ? t("required") : undefined}
        onChange={(event) => setContact(event.target.value)}
      />
      {refusal ? <Refused refusal={refusal} /> : null}
      <Button type="submit" tone="main" className="wide">
        {t("find")}
      </Button>
    </form>
  )
}
