/** A product with everything on it: what it is, its SKUs, where it is offered at what price, and what happened to it. */

import { EditOutlined } from "@ant-design/icons"
import { send, useAct } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import { Money, Quantity, Time } from "@kit/format"
import { Facts, RecordPage, Section, Status } from "@kit/record"
import { useSession } from "@kit/session"
import { Go, useGo } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { type Happening, Timeline } from "@kit/timeline"
import { type Say, useWords } from "@kit/words"
import { Button } from "antd"
import "./products.css"
import { trail, useBrands, useCategories } from "./catalog"
import { Pictures } from "./Pictures"
import { attributeText, type Move, NEXT, ProductStatus, weightText } from "./said"
import { words } from "./words"

export default function ProductPage() {
  const code = usePlace("product")
  const product = api.useQuery("get", "/v1/products/{code}", { params: { path: { code } } })
  return <Answer of={product}>{(found) => <Shown product={found} />}</Answer>
}

type Product = NonNullable<ReturnType<typeof useProduct>["data"]>
type Sku = Product["skus"][number]
type Offer = Sku["listings"][number]

function useProduct(code: string) {
  return api.useQuery("get", "/v1/products/{code}", { params: { path: { code } } })
}

function Shown({ product }: { product: Product }) {
  const t = useWords(words)
  const go = useGo()
  const { may } = useSession()
  const { categories } = useCategories()
  const brands = useBrands()
  const writes = may("catalog:write")
  const place = `/products/${encodeURIComponent(product.code)}`
  const move = useMove(product.code)
  const [first, ...others] = NEXT[product.status] ?? []
  const button = (one: Move, main: boolean) => (
    <Button
      key={one}
      type={main && one !== "retire" ? "primary" : "default"}
      loading={move.isPending && move.variables === one}
      onClick={() => move.mutate(one)}
    >
      {t(`act.${one}`)}
    </Button>
  )
  const attributes = Object.entries(product.attributes)
  const description = product.description ? <span style={{ whiteSpace: "pre-line" }}>{product.description}</span> : null
  const chips = attributes.length ? (
    <span className="chips-line">
      {attributes.map(([name, value]) => (
        <span key={name} className="attr">
          <b>{name}</b>
          {attributeText(value)}
        </span>
      ))}
    </span>
  ) : null
  const offers = product.skus.flatMap((sku) => sku.listings.map((offer) => ({ sku, offer })))
  return (
    <RecordPage
      title={product.title}
      back={{ to: "/products", label: t("back") }}
      status={<ProductStatus status={product.status} />}
      lead={
        <>
          <span className="mono">{product.code}</span> · {t("changed")} <Time at={product.changed_at} />
        </>
      }
      actions={
        writes ? (
          <>
            {first ? button(first, true) : null}
            <Button icon={<EditOutlined />} onClick={() => go(`${place}/edit`)}>
              {t("edit")}
            </Button>
          </>
        ) : null
      }
      more={
        writes
          ? [
              ...others.map((one) => ({
                key: one,
                label: t(`act.${one}`),
                danger: one === "retire",
                onClick: () => move.mutate(one),
              })),
              {
                key: "grid",
                label: t("grid"),
                onClick: () => go(`/products/grid?codes=${encodeURIComponent(product.code)}`),
              },
            ]
          : []
      }
      aside={may("catalog:read") ? <Story code={product.code} /> : null}
    >
      <Section title={t("facts")}>
        <Facts
          facts={[
            [t("category"), trail(categories, product.category).join(" › ")],
            [t("brand"), brands.find((one) => one.code === product.brand)?.name ?? product.brand],
            [t("description"), description],
            [t("attributes"), chips],
          ]}
        />
      </Section>
      <Pictures code={product.code} title={product.title} writes={writes} />
      <Section title={`${t("sku")} · ${product.skus.length}`}>
        <div className="scroll-x">
          <table className="plain">
            <thead>
              <tr>
                <th scope="col">{t("sku")}</th>
                <th scope="col">{t("barcodes")}</th>
                <th scope="col">{t("attributes")}</th>
                <th scope="col" className="num">
                  {t("pack")}
                </th>
                <th scope="col" className="num">
                  {t("weight")}
                </th>
                <th scope="col">{t("status")}</th>
                <th scope="col">{t("stock")}</th>
              </tr>
            </thead>
            <tbody>
              {product.skus.map((sku) => (
                <SkuRow key={sku.code} sku={sku} named={product.title} />
              ))}
            </tbody>
          </table>
        </div>
      </Section>
      <Section
        title={t("offers")}
        extra={
          writes ? <Go to={`/listings?sku=${encodeURIComponent(product.skus[0]?.code ?? "")}`}>{t("list")}</Go> : null
        }
      >
        {offers.length === 0 ? (
          <p className="muted">{t("noOffers")}</p>
        ) : (
          <div className="scroll-x">
            <table className="plain">
              <thead>
                <tr>
                  {product.skus.length > 1 ? <th scope="col">{t("sku")}</th> : null}
                  <th scope="col">{t("channelColumn")}</th>
                  <th scope="col">{t("store")}</th>
                  <th scope="col">{t("status")}</th>
                  <th scope="col" className="num">
                    {t("price")}
                  </th>
                  <th scope="col" className="num">
                    {t("atp")}
                  </th>
                  <th scope="col">{t("seller")}</th>
                  <th scope="col">{t("taxClass")}</th>
                  <th scope="col" />
                </tr>
              </thead>
              <tbody>
                {offers.map(({ sku, offer }) => (
                  <OfferRow
                    key={`${sku.code} ${offer.channel} ${offer.store ?? ""}`}
                    sku={sku}
                    offer={offer}
                    named={product.skus.length > 1}
                  />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Section>
    </RecordPage>
  )
}

function useMove(code: string) {
  const t = useWords(words)
  return useAct<Move, unknown>(
    (key, move) => {
      const params = { path: { code }, header: { "Idempotency-Key": key } }
      const asked = {
        submit: () => fetcher.POST("/v1/products/{code}/submit", { params }),
        publish: () => fetcher.POST("/v1/products/{code}/publish", { params }),
        retire: () => fetcher.POST("/v1/products/{code}/retire", { params }),
        revise: () => fetcher.POST("/v1/products/{code}/revise", { params }),
      }
      return send(asked[move]()).then(() => move)
    },
    { said: (move) => t(`did.${move as Move}`), refresh: ["/v1/products"] },
  )
}

function SkuRow({ sku, named }: { sku: Sku; named: string }) {
  const t = useWords(words)
  const attributes = Object.entries(sku.attributes)
  return (
    <tr>
      <td>
        <div className="mono">{sku.code}</div>
        {sku.title === named ? null : <div className="muted">{sku.title}</div>}
      </td>
      <td className="mono">
        {sku.gtins.map((gtin) => (
          <div key={gtin}>{gtin.replace(/^0/, "")}</div>
        ))}
      </td>
      <td>
        <span className="chips-line">
          {attributes.map(([name, value]) => (
            <span key={name} className="attr">
              <b>{name}</b>
              {attributeText(value)}
            </span>
          ))}
        </span>
      </td>
      <td className="num">
        <Quantity count={sku.pack_size} unit={sku.base_unit} />
      </td>
      <td className="num">{weightText(sku.weight_g)}</td>
      <td>{sku.active ? <Status tone="good">{t("active")}</Status> : <Status tone="quiet">{t("inactive")}</Status>}</td>
      <td>
        <Go to={`/stock/${encodeURIComponent(sku.code)}`}>{t("stock")}</Go>
      </td>
    </tr>
  )
}

function OfferRow({ sku, offer, named }: { sku: Sku; offer: Offer; named: boolean }) {
  const t = useWords(words)
  const why = new URLSearchParams({
    sku: sku.code,
    channel: offer.channel,
    ...(offer.store ? { store: offer.store } : {}),
  })
  return (
    <tr>
      {named ? <td className="mono">{sku.code}</td> : null}
      <td>{offer.channel}</td>
      <td>{offer.store ?? <span className="muted">{t("everyStore")}</span>}</td>
      <td>
        {offer.offered ? (
          <Status tone="good">{t("offered")}</Status>
        ) : (
          <Status tone="quiet">{offer.listed ? t("notOffered") : t("withdrawn")}</Status>
        )}
        {offer.valid_from || offer.valid_to ? (
          <div className="muted">
            {offer.valid_from ? (
              <>
                {t("from")} <Time at={offer.valid_from} />
              </>
            ) : null}{" "}
            {offer.valid_to ? (
              <>
                {t("until")} <Time at={offer.valid_to} />
              </>
            ) : null}
          </div>
        ) : null}
      </td>
      <td className="num">
        {offer.price ? (
          <Money minor={offer.price.amount_minor} currency={offer.price.currency} />
        ) : (
          <span className="muted">{t("noPrice")}</span>
        )}
      </td>
      <td className="num">{offer.atp === null ? "" : <Quantity count={offer.atp} />}</td>
      <td>{offer.seller === offer.owner ? offer.seller : `${offer.seller} (${offer.owner})`}</td>
      <td>{offer.tax_class}</td>
      <td>
        <Go to={`/prices/why?${why}`}>{t("why")}</Go>
      </td>
    </tr>
  )
}

function Story({ code }: { code: string }) {
  const t = useWords(words)
  const events = api.useQuery("get", "/v1/products/{code}/timeline", { params: { path: { code } } })
  return (
    <Answer of={events} rows={3}>
      {(page) => <Timeline happenings={page.items.map((one) => happening(one, t))} />}
    </Answer>
  )
}

interface Event {
  id: string
  type: string
  at: string
  actor: string
  who: string
  facts?: unknown
}

function happening(event: Event, t: Say<typeof words.en>): Happening {
  const facts = (event.facts ?? {}) as Record<string, unknown>
  return { key: event.id, at: event.at, who: event.who || event.actor, what: said(event.type, facts, t) }
}

function said(type: string, facts: Record<string, unknown>, t: Say<typeof words.en>): string {
  if (type === "product.created.v1") return t("createdEvent")
  if (type === "product.moved.v1")
    return t("moved", { before: t.maybe(`statusOf.${facts.before}`), after: t.maybe(`statusOf.${facts.after}`) })
  if (type === "product.changed.v1") {
    const before = (facts.before ?? {}) as Record<string, unknown>
    const after = (facts.after ?? {}) as Record<string, unknown>
    const named: Record<string, string> = {
      title: t("name"),
      description: t("description"),
      brand: t("brand"),
      category: t("category"),
      attributes: t("attributes"),
    }
    const fields = Object.keys(named).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
    const skus = Array.isArray(facts.skus_after) && facts.skus_after.length > 0
    return t("changedEvent", {
      fields: [...fields.map((name) => named[name]), ...(skus ? [t("sku")] : [])].join(", ") || "–",
    })
  }
  if (type === "listing.put.v1") return t("listedEvent")
  if (type.startsWith("product.picture")) return t("pictureEvent")
  return type.replace(/\.v\d+$/, "").replaceAll(/[._]/g, " ")
}
