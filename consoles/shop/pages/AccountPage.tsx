import type { AddressesView, AddressView, CodeView, FrontRow, ShopperToken, ShopperView } from "@kit/api/schema.gen"
import { moneyText } from "@kit/format/money"
import { dayText } from "@kit/format/time"
import { type FormEvent, lazy, Suspense, useEffect, useState, useSyncExternalStore } from "react"
import { blank, type Missing, missing, partsFrom, regionText, type Written } from "../address"
import { ask, askFor, type Refusal, refusalOf, useAsk } from "../ask"
import { useFront } from "../front"
import { session } from "../held"
import { Go, go, useAddress } from "../router"
import { maybe, useLocale, useSay } from "../say"
import { AddressForm } from "../ui/AddressForm"
import { Employer } from "../ui/Employer"
import { Button, Empty, Field, Notice, Refused } from "../ui/ui"

const Wallet = lazy(() => import("./Wallet"))

export default function AccountPage({ argument }: { argument: string }) {
  const held = useSyncExternalStore(session.listen, session.now)
  return held ? <Account part={argument || "orders"} /> : <SignIn />
}

function SignIn() {
  const t = useSay()
  const { query } = useAddress()
  const [reach, setReach] = useState("")
  const [sent, setSent] = useState<{ kind: "phone" | "email"; value: string; simulated: string | null }>()
  const [code, setCode] = useState("")
  const [refusal, setRefusal] = useState<Refusal>()
  useEffect(() => {
    document.title = t("signInTitle")
  }, [t])
  const send = async (event: FormEvent) => {
    event.preventDefault()
    const value = reach.trim()
    if (!value) return
    const kind = value.includes("@") ? "email" : "phone"
    setRefusal(undefined)
    try {
      const [, simulated] = await askFor<CodeView>("POST", "/codes", "x-simulated-code", { body: { kind, value } })
      setSent({ kind, value, simulated })
    } catch (thrown) {
      setRefusal(refusalOf(thrown))
    }
  }
  const enter = async (event: FormEvent) => {
    event.preventDefault()
    if (!sent) return
    setRefusal(undefined)
    try {
      const told = await ask<ShopperToken>("POST", "/sign-in", { body: { kind: sent.kind, value: sent.value, code } })
      session.keep(told.token)
      const next = query.get("next")
      if (next?.startsWith("/")) go(next, { replace: true })
    } catch (thrown) {
      setRefusal(refusalOf(thrown))
    }
  }
  return (
    <div className="narrow">
      <h1>{t("signInTitle")}</h1>
      {sent ? (
        <form onSubmit={enter} noValidate>
          <p>{t("codeSent", { to: sent.value })}</p>
          {sent.simulated ? <Notice tone="warn">{t("codeSimulated", { code: sent.simulated })}</Notice> : null}
          <Field
            label={t("code")}
            value={code}
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={6}
            autoFocus
            onChange={(event) => setCode(event.target.value.replace(/\D/g, ""))}
          />
          {refusal ? <Refused refusal={refusal} /> : null}
          <Button type="submit" tone="main" className="wide" disabled={code.length !== 6}>
            {t("signInDo")}
          </Button>
          <button
            type="button"
            className="link"
            onClick={() => {
              setSent(undefined)
              setRefusal(undefined)
              setCode("")
            }}
          >
            {t("otherWay")}
          </button>
        </form>
      ) : (
        <form onSubmit={send} noValidate>
          <p className="muted">{t("signInBody")}</p>
          <Field
            label={t("phoneOrEmail")}
            value={reach}
            autoComplete="email"
            onChange={(event) => setReach(event.target.value)}
          />
          {refusal ? <Refused refusal={refusal} /> : null}
          <Button type="submit" tone="main" className="wide">
            {t("sendCode")}
          </Button>
        </form>
      )}
      <p className="narrow-foot">
        <Go href="/find">{t("findAnOrder")}</Go>
      </p>
    </div>
  )
}

function Account({ part }: { part: string }) {
  const t = useSay()
  const { value: me, refusal, again } = useAsk<ShopperView>("/me")
  useEffect(() => {
    document.title = t("account")
  }, [t])
  if (refusal) return <Refused refusal={refusal} again={again} />
  const tabs = [
    ["orders", t("orders")],
    ["wallet", t("wallet")],
    ["addresses", t("addresses")],
    ["profile", t("profile")],
  ] as const
  return (
    <>
      <div className="order-head">
        <div>
          <h1>{t("hello", { name: me?.name || me?.identities[0]?.value || t("member") })}</h1>
          <p className="muted">{me?.identities.map((one) => one.value).join(" · ")}</p>
        </div>
        <Button
          onClick={async () => {
            await ask("POST", "/sign-out").catch(() => undefined) // whatever the server says, this device forgets
            session.keep(null)
          }}
        >
          {t("signOut")}
        </Button>
      </div>
      <Employer />
      <nav className="tabs" aria-label={t("account")}>
        {tabs.map(([code, label]) => (
          <Go key={code} href={`/account/${code}`} aria-current={code === part ? "page" : undefined}>
            {label}
          </Go>
        ))}
      </nav>
      {part === "addresses" ? (
        <Addresses />
      ) : part === "wallet" ? (
        <Suspense fallback={<div className="waiting" />}>
          <Wallet />
        </Suspense>
      ) : part === "profile" ? (
        <Profile me={me} again={again} />
      ) : (
        <Orders />
      )}
    </>
  )
}

function Orders() {
  const t = useSay()
  const at = useLocale()
  const { value, refusal, again } = useAsk<{ items: FrontRow[]; next: string | null }>("/orders?limit=50")
  if (refusal) return <Refused refusal={refusal} again={again} />
  if (!value) return <div className="waiting" />
  if (!value.items.length) return <Empty title={t("noOrders")} body={t("noOrdersBody")} />
  return (
    <ul className="orders">
      {value.items.map((one) => (
        <li key={one.id}>
          <Go href={`/orders/${one.id}`}>
            <span>
              <span className={`dot ${one.status}`} aria-hidden="true" />{" "}
              <strong>{maybe(t, "status", one.status)}</strong>
              <br />
              <span className="muted">
                {dayText(one.placed_at, at)} · <span className="mono">{one.id.slice(0, 10)}…</span>
              </span>
            </span>
            <span className="num">{moneyText(one.total, one.currency)}</span>
          </Go>
        </li>
      ))}
    </ul>
  )
}

function Addresses() {
  const t = useSay()
  const { country } = useFront()
  const { value, refusal, again } = useAsk<AddressesView>("/me/addresses")
  const [editing, setEditing] = useState<AddressView | "new">()
  if (refusal) return <Refused refusal={refusal} again={again} />
  if (editing)
    return (
      <EditAddress
        one={editing === "new" ? null : editing}
        country={country}
        done={() => {
          setEditing(undefined)
          again()
        }}
      />
    )
  return (
    <>
      {value?.items.length ? (
        <ul className="orders">
          {value.items.map((one) => (
            <li key={one.id}>
              <div>
                <span>
                  <strong>{one.name}</strong> {one.phone}{" "}
                  {one.preferred ? <span className="muted">· {t("preferred")}</span> : null}
                  <br />
                  {one.address}, {one.region} {one.postal_code}
                </span>
                <span className="pair">
                  <Button onClick={() => setEditing(one)}>{t("edit")}</Button>
                  <Button
                    tone="quiet"
                    onClick={async () => {
                      await ask("DELETE", `/me/addresses/${one.id}`)
                      again()
                    }}
                  >
                    {t("drop")}
                  </Button>
                </span>
              </div>
            </li>
          ))}
        </ul>
      ) : (
        <Empty title={t("noAddresses")} body="" />
      )}
      <Button tone="main" onClick={() => setEditing("new")}>
        {t("newAddress")}
      </Button>
    </>
  )
}

function EditAddress({ one, country, done }: { one: AddressView | null; country: string; done: () => void }) {
  const t = useSay()
  const [written, setWritten] = useState<Written>(() =>
    one
      ? {
          name: one.name,
          phone: one.phone,
          email: "",
          country: one.country,
          parts: partsFrom(one.country, one.region),
          street: one.address,
          zip: one.postal_code ?? "",
        }
      : blank(country),
  )
  const [preferred, setPreferred] = useState(one?.preferred ?? false)
  const [lacks, setLacks] = useState<Missing>({})
  const [refusal, setRefusal] = useState<Refusal>()
  const save = async (event: FormEvent) => {
    event.preventDefault()
    const lack = missing(written)
    setLacks(lack)
    if (Object.keys(lack).length) return
    const body = {
      name: written.name.trim(),
      phone: written.phone.trim(),
      country: written.country,
      region: regionText(written.country, written.parts),
      address: written.street.trim(),
      postal_code: written.zip.trim(),
      preferred,
    }
    try {
      await (one ? ask("PUT", `/me/addresses/${one.id}`, { body }) : ask("POST", "/me/addresses", { body }))
      done()
    } catch (thrown) {
      setRefusal(refusalOf(thrown))
    }
  }
  return (
    <form onSubmit={save} noValidate>
      <AddressForm written={written} onWrite={setWritten} lacks={lacks} reach={false} />
      <label className="choice">
        <input type="checkbox" checked={preferred} onChange={(event) => setPreferred(event.target.checked)} />
        <span>{t("preferred")}</span>
      </label>
      {refusal ? <Refused refusal={refusal} /> : null}
      <div className="pair">
        <Button type="submit" tone="main">
          {t("save")}
        </Button>
        <Button onClick={done}>{t("cancel")}</Button>
      </div>
    </form>
  )
}

function Profile({ me, again }: { me: ShopperView | undefined; again: () => void }) {
  const t = useSay()
  const [name, setName] = useState(me?.name ?? "")
  const [said, setSaid] = useState(false)
  const [refusal, setRefusal] = useState<Refusal>()
  const save = async (event: FormEvent) => {
    event.preventDefault()
    try {
      await ask("PUT", "/me", { body: { name: name.trim() } })
      setSaid(true)
      again()
    } catch (thrown) {
      setRefusal(refusalOf(thrown))
    }
  }
  return (
    <form className="narrow" onSubmit={save} noValidate>
      <Field
        label={t("name")}
        value={name}
        autoComplete="name"
        maxLength={200}
        onChange={(event) => setName(event.target.value)}
      />
      {refusal ? <Refused refusal={refusal} /> : null}
      <Button type="submit" tone="main">
        {t("save")}
      </Button>
      <span role="status" className="muted">
        {said ? t("saved") : ""}
      </span>
    </form>
  )
}
