import { fetcher } from "@kit/api/client"
import { token } from "@kit/api/token"
import { useHeld } from "@kit/session"
import { useLocale, useWords } from "@kit/words"
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react"
import { type Database, type Here, keep, kept, open } from "../keep/db"
import { ScanQueue, ScanRouter } from "../scan/router"
import { fill, refresh } from "../shelf/download"
import { Shelf } from "../shelf/shelf"
import { Engine, type Locks } from "../sync/engine"
import { words } from "../words"
import { type Keymap, readKeys, writeKeys } from "./keys"
import { askGoods, type Me, type Pos, PosContext, server } from "./pos"
import { SetupScreen } from "./SetupScreen"
import { Shell } from "./Shell"
import { readSettings, writeSettings } from "./settings"
import { beep } from "./sound"
import { useScanner } from "./useScanner"

const SignIn = lazy(() => import("./SignIn"))
const REFRESH_MS = 5 * 60_000

/** One lock for all tabs of this till; a browser without them has one tab's worth. */
const browserLocks: Locks = {
  request: (name, work) => (navigator.locks ? navigator.locks.request(name, work) : work()) as ReturnType<typeof work>,
}

interface Begun {
  db: Database
  shelf: Shelf
  here: Here | null
  me: Me | null
}

export function App() {
  const t = useWords(words)
  useLocale()
  const held = useHeld()
  const [begun, setBegun] = useState<Begun | null>(null)
  const hereRef = useRef<Here | null>(null)
  const [engine, setEngine] = useState<Engine | null>(null)

  useEffect(() => {
    let mine: Engine | null = null
    let gone = false
    void (async () => {
      const db = await open()
      const [here, me] = [(await kept(db, "here")) ?? null, (await kept(db, "me")) ?? null]
      if (gone) return
      hereRef.current = here
      mine = new Engine(db, server, browserLocks, () => (token.held() ? hereRef.current : null))
      setBegun({ db, shelf: new Shelf(), here, me })
      setEngine(mine)
      await mine.start()
      void navigator.storage?.persist?.()
    })()
    const back = () => mine?.nudge()
    const lost = () => mine?.cut()
    window.addEventListener("online", back)
    window.addEventListener("offline", lost)
    return () => {
      gone = true
      mine?.stop()
      window.removeEventListener("online", back)
      window.removeEventListener("offline", lost)
    }
  }, [])

  // Who is selling: asked of the server while it can be, remembered for when it cannot.
  const db = begun?.db
  useEffect(() => {
    if (!held || !db) return
    void fetcher.GET("/v1/me").then(
      async ({ data }) => {
        if (!data) return
        const me = { actor: data.actor, name: data.name ?? "", grants: [...data.grants] }
        await keep(db, "me", me)
        setBegun((now) => now && { ...now, me })
        engine?.nudge()
      },
      () => undefined,
    )
  }, [held, db, engine])

  const settle = useCallback((here: Here | null) => {
    hereRef.current = here
    setBegun((now) => now && { ...now, here })
  }, [])

  if (!begun || !engine) return <main className="pos-wait">{t("loading")}</main>
  if (!held && (!begun.me || engine.now().online))
    return (
      <Suspense fallback={<main className="pos-wait">{t("loading")}</main>}>
        <SignIn />
      </Suspense>
    )
  if (!begun.me) return <main className="pos-wait">{t("loading")}</main>
  if (!begun.here) return <SetupScreen db={begun.db} engine={engine} done={settle} />
  return (
    <Running
      key={`${begun.here.store}/${begun.here.device}`}
      begun={begun}
      here={begun.here}
      me={begun.me}
      engine={engine}
      leave={() => settle(null)}
    />
  )
}

function Running(props: { begun: Begun; here: Here; me: Me; engine: Engine; leave(): void }) {
  const { begun, here, me, engine } = props
  const { db, shelf } = begun
  const [settings, setSettings] = useState(readSettings)
  const [keys, setKeys] = useState<Keymap>(readKeys)
  const [flash, setFlash] = useState<{ said: string; no: number } | null>(null)
  const [goods, setGoods] = useState({ rows: shelf.size, done: false })
  const router = useMemo(() => new ScanRouter(), [])
  router.settings = settings.scanner

  const reject = useCallback(
    (said: string) => {
      if (settings.sound) beep(false)
      setFlash((now) => ({ said, no: (now?.no ?? 0) + 1 }))
    },
    [settings.sound],
  )
  const rejectRef = useRef(reject)
  rejectRef.current = reject
  const t = useWords(words)
  const saidNoScan = t("noScanHere")
  const noScan = useRef(saidNoScan)
  noScan.current = saidNoScan
  const scans = useMemo(() => new ScanQueue(() => rejectRef.current(noScan.current)), [])
  useScanner(router, scans)

  useEffect(() => {
    if (!flash) return
    const timer = setTimeout(() => setFlash(null), 2600)
    return () => clearTimeout(timer)
  }, [flash])

  useEffect(() => {
    let gone = false
    let timer: ReturnType<typeof setTimeout>
    const told = (rows: number, done: boolean) => {
      if (!gone) setGoods({ rows, done })
    }
    async function bring() {
      try {
        await refresh(db, shelf, here.store, askGoods, told, Date.now())
      } catch {
        // Out of reach, or signed out: what is here is sold meanwhile.
      }
      if (!gone) timer = setTimeout(bring, engine.now().online && shelf.size ? REFRESH_MS : 5_000)
    }
    void (async () => {
      const note = await fill(db, shelf, here.store)
      told(shelf.size, note?.next === null)
      await bring()
    })()
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [db, shelf, here.store, engine])

  const pos: Pos = {
    db,
    engine,
    shelf,
    here,
    me,
    scans,
    router,
    settings,
    keys,
    shelfRows: goods.rows,
    shelfDone: goods.done,
    changeSettings(next) {
      writeSettings(next)
      setSettings(next)
    },
    changeKeys(next) {
      writeKeys(next)
      setKeys(readKeys())
    },
    reject,
    leave: props.leave,
    async signOut() {
      await fetcher.POST("/v1/sign-out").catch(() => undefined)
      token.drop()
    },
  }
  return (
    <PosContext.Provider value={pos}>
      <div className="pos" data-paper={settings.paper}>
        <Shell />
        <div role="alert" className={flash ? "pos-flash pos-flash-on" : "pos-flash"} key={flash?.no ?? 0}>
          {flash?.said}
        </div>
      </div>
    </PosContext.Provider>
  )
}
