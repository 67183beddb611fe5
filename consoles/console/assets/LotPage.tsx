/** One lot: whose it is, what is left of it, and every entry of the ledger that moved it. */

import { api } from "@kit/api/client"
import type { LotView } from "@kit/api/schema.gen"
import { Time } from "@kit/format"
import { Facts, RecordPage, Section } from "@kit/record"
import { Go } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useWords } from "@kit/words"
import { Movements } from "./Movements"
import { amountOf, LotStatus } from "./said"
import { words } from "./words"

export default function LotPage() {
  const id = usePlace("lot")
  const seen = api.useQuery("get", "/v1/assets/lots/{lot_id}", { params: { path: { lot_id: id } } })
  return <Answer of={seen}>{(found) => <Lot lot={found} />}</Answer>
}

function Lot({ lot }: { lot: LotView }) {
  const t = useWords(words)
  const moved = api.useQuery("get", "/v1/assets/lots/{lot_id}/movements", {
    params: { path: { lot_id: lot.id }, query: { limit: 100 } },
  })
  return (
    <RecordPage
      title={`${t(`kinds.${lot.kind}`)} · ${amountOf(lot.left, lot.currency)}`}
      back={{ to: "/asset/lots", label: t("lots") }}
      status={<LotStatus state={lot.state} />}
      lead={<span className="mono">{lot.id}</span>}
    >
      <Section title={t("lot")}>
        <Facts
          facts={[
            [
              t("holder"),
              lot.member ? (
                <Go key="m" to={`/members/${lot.member}`}>
                  {lot.holder || lot.member}
                </Go>
              ) : (
                lot.company
              ),
            ],
            [t("amount"), amountOf(lot.amount, lot.currency)],
            [t("left"), amountOf(lot.left, lot.currency)],
            [t("held"), lot.held ? amountOf(lot.held, lot.currency) : null],
            [t("netted"), lot.netted ? amountOf(lot.netted, lot.currency) : null],
            [
              t("source"),
              lot.order ? (
                <Go key="o" to={`/orders/${lot.order}`} className="mono">
                  {lot.order}
                </Go>
              ) : (
                t("grant")
              ),
            ],
            [t("reason"), lot.reason],
            [t("funder"), lot.funder],
            [t("earned"), <Time key="e" at={lot.earned_at} />],
            [t("usableFrom"), lot.active_from === lot.earned_at ? null : <Time key="a" at={lot.active_from} />],
            [t("expires"), <Time key="x" at={lot.expires_at} />],
            [t("graceUntil"), lot.usable_until === lot.expires_at ? null : <Time key="g" at={lot.usable_until} />],
          ]}
        />
      </Section>
      <Section title={t("movements")}>
        <Answer of={moved}>{(page) => <Movements rows={page.items} currency={lot.currency} />}</Answer>
      </Section>
    </RecordPage>
  )
}
