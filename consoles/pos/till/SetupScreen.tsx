import { fetcher } from "@kit/api/client"
import { Mark } from "@kit/brand"
import { useWords } from "@kit/words"
import { useEffect, useState } from "react"
import { type Database, type Here, keep } from "../keep/db"
import type { Engine } from "../sync/engine"
import { words } from "../words"
import { KeyButton, Said } from "./parts"
import { server, told } from "./pos"
import { LocaleSwitch, ThemeSwitch } from "./switches"

interface Store {
  code: string
  name: string
}

/** Asked once per device: which store, which till. */
export function SetupScreen(props: { db: Database; engine: Engine; done(here: Here): void }) {
  const t = useWords(words)
  const [stores, setStores] = useState<Store[]>([])
  const [typed, setTyped] = useState("")
  const [store, setStore] = useState<Store | null>(null)
  const [tills, setTills] = useState<string[] | null>(null)
  const [thrown, setThrown] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)

  useEffect(() => {
    let gone = false
    void (async () => {
      try {
        const all: Store[] = []
        for (let after: string | null | undefined = undefined; after !== null && !gone; ) {
          const page: { items: readonly Store[]; next: string | null } = (await told(
            fetcher.GET("/v1/stores", { params: { query: { limit: 250, ...(after ? { after } : {}) } } }),
          )) as never
          all.push(...page.items)
          after = page.next
          if (!gone) setStores([...all])
        }
      } catch (refusal) {
        if (!gone) setThrown(refusal)
      }
    })()
    return () => {
      gone = true
    }
  }, [])

  useEffect(() => {
    if (!store) return
    setTills(null)
    told(
      fetcher.GET("/v1/stores/{store}/devices", { params: { path: { store: store.code }, query: { limit: 250 } } }),
    ).then((page) => setTills(page.items.filter((one) => one.active).map((one) => one.code)), setThrown)
  }, [store])

  async function use(device: string) {
    if (!store) return
    setBusy(true)
    setThrown(null)
    try {
      const lease = await server.lease(store.code, device)
      const here: Here = {
        store: store.code,
        storeName: lease.store_name,
        sellerName: lease.seller_name,
        device,
        currency: lease.currency,
      }
      await props.engine.settle(lease)
      await keep(props.db, "here", here)
      props.done(here)
    } catch (refusal) {
      setThrown(refusal)
      setBusy(false)
    }
  }

  const wanted = typed.trim().toLowerCase()
  const found = stores.filter((one) => !wanted || one.code.includes(wanted) || one.name.toLowerCase().includes(wanted))
  return (
    <main className="setup">
      <header>
        <Mark size={36} />
        <div>
          <h1>{t("setup")}</h1>
          <p className="muted">{t("setupHelp")}</p>
        </div>
      </header>
      <Said thrown={thrown} />
      <div className="setup-columns">
        <section>
          <label className="field">
            <span>{t("store")}</span>
            <input
              // biome-ignore lint/a11y/noAutofocus: the first thing to do here
              autoFocus
              value={typed}
              placeholder={t("findStore")}
              onChange={(event) => setTyped(event.target.value)}
              onKeyDown={(event) => {
                if (event.key === "Enter" && found[0]) setStore(found[0])
              }}
            />
          </label>
          <ul className="choices">
            {found.slice(0, 100).map((one) => (
              <li key={one.code}>
                <button type="button" aria-pressed={store?.code === one.code} onClick={() => setStore(one)}>
                  <strong>{one.name}</strong>
                  <span className="muted">{one.code}</span>
                </button>
              </li>
            ))}
          </ul>
        </section>
        <section>
          <h2 className="label">{t("till")}</h2>
          {store && tills?.length === 0 ? <p className="muted">{t("noTills")}</p> : null}
          <ul className="choices">
            {(store ? (tills ?? []) : []).map((code) => (
              <li key={code}>
                <KeyButton tone="primary" disabled={busy} onClick={() => void use(code)}>
                  {t("useTill")}: {store?.name} · {code}
                </KeyButton>
              </li>
            ))}
          </ul>
        </section>
      </div>
      <footer>
        <LocaleSwitch />
        <ThemeSwitch />
      </footer>
    </main>
  )
}
