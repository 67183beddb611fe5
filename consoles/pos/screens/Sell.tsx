import { moneyText } from "@kit/format"
import { useWords } from "@kit/words"
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react"
import { keep, kept, type Member } from "../keep/db"
import { type Goods, type Line, priceOf } from "../money/arithmetic"
import {
  type Choices,
  couponCode,
  couponRefused,
  dealOf,
  flipped,
  looksLikeCoupon,
  NOTHING_CHOSEN,
  type Right,
  wishOf,
} from "../quote/quote"
import { Quoter } from "../quote/quoter"
import { useBecause } from "../quote/says"
import { embedded } from "../scan/router"
import { goodsOf } from "../shelf/shelf"
import { type Action, actionOf, pressed } from "../till/keys"
import { Dialog, KeyButton } from "../till/parts"
import { askGoods, askQuote, usePos, useStanding } from "../till/pos"
import { beep } from "../till/sound"
import { words } from "../words"
import { HeldSales } from "./HeldSales"
import { Keys } from "./Keys"
import { LineDiscount } from "./LineDiscount"
import { Lines } from "./Lines"
import { MemberDialog } from "./MemberDialog"
import { Menu } from "./Menu"
import { Pay } from "./Pay"
import { PriceCheck } from "./PriceCheck"
import { Quantity } from "./Quantity"
import { Refund } from "./Refund"
import { Savings } from "./Savings"
import { Offers, Totals } from "./Totals"

type Over =
  | "keys"
  | "member"
  | "recall"
  | "priceCheck"
  | "refund"
  | "pay"
  | "menu"
  | "quantity"
  | "lineDiscount"
  | "clearSale"
  | "savings"
  | null

const BREATH_MS = 80
const NOTHING: Goods[] = []
/** Actions that open nothing. */
const AT_ONCE = ["plus", "minus", "voidLine", "coupon", "points", "redPacket", "search", "hold"]

export function Sell() {
  const t = useWords(words)
  const pos = usePos()
  const standing = useStanding()
  const { currency } = pos.here
  const [lines, setLines] = useState<Line[]>([])
  const [member, setMember] = useState<Member | null>(null)
  const [choices, setChoices] = useState<Choices>(NOTHING_CHOSEN)
  const [chosen, choose] = useState<number | null>(null)
  const [over, setOver] = useState<Over>(null)
  const [text, setText] = useState("")
  const [pick, setPick] = useState(0)
  const [heldCount, setHeldCount] = useState(0)
  const input = useRef<HTMLInputElement>(null)
  const at = chosen !== null && chosen < lines.length ? chosen : lines.length - 1
  const current = lines[at]

  // What was begun survives a reload.
  const restored = useRef(false)
  useEffect(() => {
    void kept(pos.db, "basket").then((basket) => {
      if (basket) {
        setLines((now) => (now.length ? now : basket.lines))
        setMember((now) => now ?? basket.member)
        setChoices(basket.choices ?? NOTHING_CHOSEN)
      }
      restored.current = true
    })
    void pos.db.count("held").then(setHeldCount)
  }, [pos.db])
  useEffect(() => {
    if (restored.current) void keep(pos.db, "basket", { lines, member, choices })
  }, [pos.db, lines, member, choices])

  // What it comes to is asked whenever it has changed; until the answer is here the till's own amounts stand.
  const quoter = useMemo(() => new Quoter(askQuote), [])
  const told = useSyncExternalStore(quoter.listen, quoter.now)
  const wish = useMemo(() => wishOf(pos.here, lines, member, choices), [pos.here, lines, member, choices])
  useEffect(() => quoter.want(wish, standing.online), [quoter, wish, standing.online])
  useEffect(() => () => quoter.stop(), [quoter])
  const deal = useMemo(
    () => dealOf(lines, ["told", "asking"].includes(told.state) ? told.answer : null, wish),
    [lines, told, wish],
  )
  const { sum } = deal
  const because = useBecause([])
  // A coupon that does not count (any more) is let go, aloud: it must not be in the way of the sale.
  const unusable =
    told.state === "refused" && told.refusal && couponRefused(told.refusal) !== null ? told.refusal : null
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each refusal; what it was about may have changed since
  useEffect(() => {
    if (!unusable) return
    const which = couponRefused(unusable)
    const why = typeof unusable.why === "string" ? because(unusable.why, "") : unusable.title
    pos.reject(t("couponDropped", { code: choices.coupons[which ?? 0] ?? "", why }))
    setChoices((now) => ({ ...now, coupons: now.coupons.filter((_, i) => i !== which) }))
  }, [unusable])

  const add = useCallback((goods: Goods, quantity: number) => {
    setLines((now) => {
      const last = now.at(-1)
      if (last && last.goods.sku === goods.sku && last.off === 0) {
        return [...now.slice(0, -1), { ...last, goods, quantity: last.quantity + quantity }]
      }
      return [...now, { goods, quantity, off: 0, why: "" }]
    })
    choose(null)
    setText("")
    setPick(0)
  }, [])

  /** The goods behind a code: on the device, or asked of the server while the shelf is not all here. */
  const find = useCallback(
    async (code: string): Promise<Goods | null> => {
      const here = pos.shelf.named(code)
      if (here || pos.shelfDone) return here
      const page = await askGoods({ store: pos.here.store, code }).catch(() => null)
      const sent = page?.items[0]
      if (!sent) return null
      pos.shelf.put([sent])
      return goodsOf(sent)
    },
    [pos.shelf, pos.shelfDone, pos.here.store],
  )

  const scanned = useCallback(
    async (heard: string, times = 1) => {
      // A scanner that stumbles leaves its first signs in the field: together they are the code.
      const before = input.current?.value ?? ""
      const whole = before && !/[\s*×]/.test(before) && !heard.startsWith(before) ? before + heard : heard
      const code = whole !== heard && pos.shelf.named(whole) ? whole : heard
      const goods = await find(code)
      const weighed = goods ? null : embedded(code)
      const byWeight = weighed ? await find(weighed.item) : null
      const found = goods ?? byWeight
      if (!found && looksLikeCoupon(code) && standing.online) {
        if (pos.settings.sound) beep(true)
        setText("")
        return setChoices((now) => ({ ...now, coupons: [...new Set([...now.coupons, couponCode(code)])] }))
      }
      if (!found) {
        input.current?.select()
        return pos.reject(t("unknown", { code }))
      }
      const quantity = byWeight && weighed ? weighed.value : times * (found.unit === "piece" ? 1 : found.pack)
      if (!priceOf(found, quantity)) return pos.reject(`${found.title}: ${t("noPrice")}`)
      if (pos.settings.sound) beep(true)
      add(found, quantity)
    },
    [find, pos, add, t, standing.online],
  )

  // "3*" before a scan or a code: so many of it.
  const multiplied = /^(\d{1,6})\s*[*×x]\s*(.*)$/.exec(text)
  const times = multiplied ? Number(multiplied[1]) : 1
  const wanted = multiplied ? (multiplied[2] ?? "") : text
  // Looked for after a breath: while a scanner types there is nothing to look for.
  const [query, setQuery] = useState("")
  useEffect(() => {
    const timer = setTimeout(() => setQuery(wanted.trim()), wanted ? BREATH_MS : 0)
    return () => clearTimeout(timer)
  }, [wanted])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the shelf changes in place; its rows say when
  const looked = useMemo(() => (query ? pos.shelf.search(query) : []), [query, pos.shelf, pos.shelfRows])
  const found = wanted.trim() ? looked : NOTHING

  const scannedRef = useRef(scanned)
  scannedRef.current = scanned
  const timesRef = useRef(times)
  timesRef.current = times
  useEffect(() => pos.scans.enter("take", (code) => scannedRef.current(code, timesRef.current)), [pos.scans])

  const change = useCallback(
    (index: number, line: Line | null) =>
      setLines((now) => (line ? now.map((one, i) => (i === index ? line : one)) : now.filter((_, i) => i !== index))),
    [],
  )

  const begin = useCallback(() => {
    setLines([])
    setMember(null)
    setChoices(NOTHING_CHOSEN)
    choose(null)
  }, [])

  const clear = useCallback(() => {
    begin()
    setText("")
    setOver(null)
  }, [begin])

  async function hold() {
    if (!lines.length) return
    await pos.db.add("held", { at: Date.now(), note: "", member, lines, choices })
    setHeldCount(await pos.db.count("held"))
    clear()
  }

  // Keys that come before the answer are done with it, in their order.
  const [soon, setSoon] = useState<readonly Right[]>([])
  // biome-ignore lint/correctness/useExhaustiveDependencies: done once, with the answer that has come
  useEffect(() => {
    if (!soon.length || told.state === "asking") return
    setSoon([])
    const quoted = told.state === "told" ? (told.answer?.quoted ?? null) : null
    let next = choices
    for (const right of soon) {
      const made = flipped(next, right, quoted)
      if (made) next = made
      else pos.reject(t(`${right}None`))
    }
    setChoices(next)
  }, [soon, told.state])

  function act(action: Action) {
    if (action === "search") return input.current?.focus()
    if (action === "hold") return void hold()
    if (action === "plus" && current) return change(at, { ...current, quantity: current.quantity + 1 })
    if (action === "minus" && current)
      return change(at, current.quantity > 1 ? { ...current, quantity: current.quantity - 1 } : null)
    if (action === "voidLine" && current) return change(at, null)
    if (action === "coupon" || action === "points" || action === "redPacket") {
      if (lines.length) setSoon((now) => [...now, action])
      return
    }
    if (action === "pay" && (!lines.length || sum.total < 0)) return
    if (["quantity", "lineDiscount"].includes(action) && !current) return
    if (["clearSale", "savings"].includes(action) && !lines.length) return
    if (!AT_ONCE.includes(action)) setOver(action as Over)
  }
  const actRef = useRef(act)
  actRef.current = act

  useEffect(() => {
    function onKey(event: globalThis.KeyboardEvent) {
      if (over || document.querySelector("dialog[open]")) return
      const action = actionOf(pos.keys, pressed(event))
      const typing = document.activeElement === input.current && input.current?.value !== ""
      // A sign that is being typed into the search belongs there: 3* before a scan, a dash in a code.
      if (action && !(typing && event.key.length === 1) && !(event.key === "Delete" && typing)) {
        event.preventDefault()
        actRef.current(action)
        return
      }
      if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && document.activeElement !== input.current)
        input.current?.focus()
    }
    window.addEventListener("keydown", onKey)
    return () => window.removeEventListener("keydown", onKey)
  }, [over, pos.keys])

  useEffect(() => {
    if (!over) input.current?.focus()
  }, [over])
  function onInput(event: KeyboardEvent<HTMLInputElement>) {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (move !== undefined) {
      event.preventDefault()
      if (found.length) setPick((now) => Math.min(Math.max(now + move, 0), found.length - 1))
      else if (lines.length) choose(Math.min(Math.max(at + move, 0), lines.length - 1))
    } else if (event.key === "Escape") {
      setText("")
      choose(null)
    } else if (event.key === "Enter") {
      event.preventDefault()
      const goods = (query === wanted.trim() ? found : pos.shelf.search(wanted))[pick]
      if (wanted.trim() && goods) {
        if (!priceOf(goods, times)) pos.reject(`${goods.title}: ${t("noPrice")}`)
        else add(goods, times * (goods.unit === "piece" ? 1 : goods.pack))
      } else if (wanted.trim()) void scanned(wanted.trim(), times)
      else act("pay")
    }
  }

  const k = pos.keys
  return (
    <main className="sell">
      <section className="sell-lines" aria-label={t("items", { count: sum.units })}>
        <div className="find">
          <input
            ref={input}
            // biome-ignore lint/a11y/noAutofocus: a till listens here
            autoFocus
            role="combobox"
            aria-expanded={found.length > 0}
            aria-controls="found"
            aria-autocomplete="list"
            aria-activedescendant={found[pick] ? `found-${pick}` : undefined}
            aria-label={t("scan")}
            autoComplete="off"
            spellCheck={false}
            value={text}
            placeholder={t("scan")}
            onChange={(event) => {
              setText(event.target.value)
              setPick(0)
            }}
            onKeyDown={onInput}
          />
          <kbd>{k.search}</kbd>
          {found.length ? (
            <div id="found" role="listbox" tabIndex={-1} className="found">
              {found.slice(0, 30).map((goods, i) => {
                const price = priceOf(goods, times)
                return (
                  <div
                    key={goods.sku}
                    id={`found-${i}`}
                    role="option"
                    aria-selected={i === pick}
                    tabIndex={-1}
                    onPointerDown={(event) => {
                      event.preventDefault()
                      if (price) add(goods, times * (goods.unit === "piece" ? 1 : goods.pack))
                    }}
                  >
                    <span className="found-title">{goods.title}</span>
                    <span className="muted num">{goods.sku}</span>
                    <span className="num found-price">
                      {price ? moneyText(price.unit, currency) : <span className="muted">{t("noPrice")}</span>}
                    </span>
                  </div>
                )
              })}
            </div>
          ) : null}
        </div>
        {lines.length ? (
          <Lines lines={lines} deal={deal} at={at} choose={choose} />
        ) : (
          <div className="nothing">
            <p>{t("empty")}</p>
            <p className="muted">{t("emptyHelp", { keys: k.keys })}</p>
          </div>
        )}
        <div className="line-keys">
          <KeyButton keyName={k.plus} disabled={!current} onClick={() => act("plus")}>
            {t("plus")}
          </KeyButton>
          <KeyButton keyName={k.minus} disabled={!current} onClick={() => act("minus")}>
            {t("minus")}
          </KeyButton>
          <KeyButton keyName={k.quantity} disabled={!current} onClick={() => act("quantity")}>
            {t("quantity")}
          </KeyButton>
          <KeyButton keyName={k.lineDiscount} disabled={!current} onClick={() => act("lineDiscount")}>
            {t("lineDiscount")}
          </KeyButton>
          <KeyButton keyName={k.voidLine} disabled={!current} onClick={() => act("voidLine")}>
            {t("voidLine")}
          </KeyButton>
        </div>
      </section>
      <section className="sell-total" aria-label={t("total")}>
        <KeyButton className="member" keyName={k.member} onClick={() => act("member")}>
          <small className="muted">{t("member")}</small>
          {member ? member.name || member.value : <span className="muted">{t("noMember")}</span>}
        </KeyButton>
        <Totals lines={lines} deal={deal} told={told} />
        <Offers told={told} choices={choices} act={act} />
        <KeyButton
          tone="primary"
          className="pay"
          keyName={`Enter · ${k.pay}`}
          disabled={!lines.length}
          onClick={() => act("pay")}
        >
          {t("pay")}
        </KeyButton>
        <div className="side-keys">
          <KeyButton keyName={k.hold} disabled={!lines.length} onClick={() => act("hold")}>
            {t("hold")}
          </KeyButton>
          <KeyButton keyName={k.recall} disabled={!heldCount} onClick={() => act("recall")}>
            {t("recall")}
            {heldCount ? ` · ${heldCount}` : ""}
          </KeyButton>
          <KeyButton keyName={k.priceCheck} onClick={() => act("priceCheck")}>
            {t("priceCheck")}
          </KeyButton>
          <KeyButton keyName={k.refund} onClick={() => act("refund")}>
            {t("refund")}
          </KeyButton>
          <KeyButton keyName={k.menu} onClick={() => act("menu")}>
            {t("menu")}
          </KeyButton>
          <KeyButton keyName={k.keys} onClick={() => act("keys")}>
            {t("keys")}
          </KeyButton>
          <KeyButton tone="danger" keyName={k.clearSale} disabled={!lines.length} onClick={() => act("clearSale")}>
            {t("clearSale")}
          </KeyButton>
        </div>
      </section>
      {over === "pay" ? (
        <Pay
          lines={lines}
          member={member}
          choices={choices}
          quoter={quoter}
          settled={told.state !== "asking" && JSON.stringify(told.wish) === JSON.stringify(wish)}
          deal={deal}
          close={() => setOver(null)}
          done={begin}
        />
      ) : null}
      {over === "member" ? (
        <MemberDialog
          member={member}
          take={(who) => {
            setMember(who)
            setChoices(NOTHING_CHOSEN)
          }}
          close={() => setOver(null)}
        />
      ) : null}
      {over === "savings" ? (
        <Savings
          told={told}
          choices={choices}
          choose={(change) => setChoices((now) => ({ ...now, ...change }))}
          add={(sku) => {
            const goods = pos.shelf.named(sku)
            if (goods) add(goods, goods.pack)
          }}
          close={() => setOver(null)}
        />
      ) : null}
      {over === "recall" ? (
        <HeldSales
          busy={lines.length > 0}
          close={() => {
            setOver(null)
            void pos.db.count("held").then(setHeldCount)
          }}
          take={(held) => {
            setLines(held.lines)
            setMember(held.member)
            setChoices(held.choices ?? NOTHING_CHOSEN)
          }}
        />
      ) : null}
      {over === "priceCheck" ? <PriceCheck find={find} close={() => setOver(null)} /> : null}
      {over === "refund" ? <Refund close={() => setOver(null)} online={standing.online} /> : null}
      {over === "menu" ? <Menu close={() => setOver(null)} /> : null}
      {over === "keys" ? <Keys close={() => setOver(null)} /> : null}
      {over === "quantity" && current ? (
        <Quantity
          line={current}
          set={(quantity) => change(at, quantity ? { ...current, quantity } : null)}
          close={() => setOver(null)}
        />
      ) : null}
      {over === "lineDiscount" && current ? (
        <LineDiscount
          line={current}
          set={(off, why) => change(at, { ...current, off, why })}
          close={() => setOver(null)}
        />
      ) : null}
      {over === "clearSale" ? <ClearSale count={lines.length} clear={clear} close={() => setOver(null)} /> : null}
    </main>
  )
}

function ClearSale(props: { count: number; clear(): void; close(): void }) {
  const t = useWords(words)
  return (
    <Dialog title={t("clearSale")} close={props.close}>
      <p>{t("clearSure", { count: props.count })}</p>
      <div className="dialog-foot">
        <KeyButton tone="danger" autoFocus keyName="Enter" onClick={props.clear}>
          {t("clearSale")}
        </KeyButton>
      </div>
    </Dialog>
  )
}
