import type { CardView } from "@kit/api/schema.gen"
import { moneyText } from "@kit/format/money"
import { useState } from "react"
import { Picture } from "../art/Art"
import { put } from "../basket"
import { Go } from "../router"
import { useSay } from "../say"
import { calm, Price, Stock } from "./ui"

/** Products in a grid. The whole card is one link; the button beside it puts one in without leaving the list. */
export function Cards({
  items,
  currency,
  eager = 0,
}: {
  items: readonly CardView[]
  currency: string
  eager?: number
}) {
  return (
    <ul className="cards">
      {items.map((item, no) => (
        <Card key={item.code} item={item} currency={currency} eager={no < eager} />
      ))}
    </ul>
  )
}

function Card({ item, currency, eager }: { item: CardView; currency: string; eager: boolean }) {
  const t = useSay()
  const [done, setDone] = useState(false)
  const title = calm(item.title)
  const out = item.stock.state === "out"
  return (
    <li className={`card ${out ? "sold-out" : ""}`}>
      <div className="card-picture">
        <Picture
          hash={item.picture}
          alt=""
          seed={item.code}
          words={[item.title, item.category?.name, item.top]}
          sizes="(min-width: 900px) 220px, 50vw"
          eager={eager}
        />
      </div>
      <Go className="card-title" href={`/p/${encodeURIComponent(item.code)}`}>
        {title}
      </Go>
      <p className="card-brand">{item.brand?.name ?? item.category?.name ?? ""}</p>
      <p className="card-foot">
        <span>
          <Price
            amount={item.price.amount_minor}
            per={item.price.per}
            unit={item.base_unit}
            currency={currency}
            varies={item.varies}
          />
          {item.usual ? (
            <small className="usual num">
              <span className="sr-only">{t("usually")} </span>
              <s>{moneyText(item.usual.amount_minor, currency)}</s>
            </small>
          ) : null}
          {item.stock.state === "in_stock" ? null : <Stock state={item.stock.state} left={item.stock.left ?? null} />}
        </span>
        {item.sku && !out && item.base_unit === "piece" ? (
          <button
            type="button"
            className={`quick ${done ? "done" : ""}`}
            aria-label={t("addOne", { what: title })}
            onClick={() => {
              put({ sku: item.sku as string, quantity: 1, price: item.price.amount_minor, per: item.price.per })
              setDone(true)
              setTimeout(() => setDone(false), 1200)
            }}
          >
            <span aria-hidden="true">{done ? "✓" : "+"}</span>
            <span className="sr-only" role="status">
              {done ? t("added") : ""}
            </span>
          </button>
        ) : null}
      </p>
    </li>
  )
}

/** What a list will look like, until it is there. */
export function CardGhosts({ count }: { count: number }) {
  return (
    <ul className="cards" aria-hidden="true">
      {Array.from({ length: count }, (_, no) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
        <li className="card ghost" key={no}>
          <div className="card-picture" />
          <span className="bar" />
          <span className="bar short" />
        </li>
      ))}
    </ul>
  )
}
