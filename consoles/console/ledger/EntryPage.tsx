/** One fact in the book, as double entry: what it was, what it moved, by which rule, and where each part of it came from. */

import { api } from "@kit/api/client"
import type { EntryView } from "@kit/api/schema.gen"
import { exactText } from "@kit/format"
import { Facts, RecordPage, Section } from "@kit/record"
import { Go } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useWords } from "@kit/words"
import "./ledger.css"
import { Legs, sharedParts } from "./Legs"
import { eventName, keyName, partText, SubjectLink } from "./said"
import { words } from "./words"

export default function EntryPage() {
  const id = usePlace("entry")
  const entry = api.useQuery("get", "/v1/ledger/entries/{entry_id}", { params: { path: { entry_id: id } } })
  return <Answer of={entry}>{(found) => <Entry found={found} />}</Answer>
}

function Entry({ found }: { found: EntryView }) {
  const t = useWords(words)
  const order = found.subject.kind === "order" ? found.subject.id : null
  const lines = api.useQuery(
    "get",
    "/v1/orders/{order_id}/ledger",
    { params: { path: { order_id: order ?? "" } } },
    { enabled: order !== null },
  )
  return (
    <RecordPage
      title={eventName(t, found.rule)}
      tab={`${eventName(t, found.rule)} ${found.subject.label}`}
      back={{ to: "/ledger", label: t("trialBalance") }}
      lead={
        <>
          {t("entryLead", { at: exactText(found.at) })} · <span className="mono">{found.id}</span>
        </>
      }
      actions={order ? <Go to={`/ledger/orders/${order}`}>{t("wholeOrder")}</Go> : null}
    >
      <div className="entry-facts">
        <Facts
          facts={[
            [t("subject"), <SubjectLink key="subject" subject={found.subject} />],
            ...sharedParts(found.transfers).map((part): [string, string] => [
              keyName(t, part.key),
              part.key === "place" ? `${part.name} · ${part.code}` : partText(part),
            ]),
            [t("fact"), found.fact ? <FactText key="fact" entry={found} /> : null],
            [
              t("rule"),
              <Go key="rule" to={`/ledger/rules#${found.rule}`}>
                {found.rule}
              </Go>,
            ],
            [
              t("reverses", { entry: "" }),
              found.reverses ? (
                <Go key="reverses" to={`/ledger/entries/${found.reverses}`}>
                  {found.reverses}
                </Go>
              ) : null,
            ],
            [
              t("reversedBy", { entry: "" }),
              found.reversed_by ? (
                <Go key="by" to={`/ledger/entries/${found.reversed_by}`}>
                  {found.reversed_by}
                </Go>
              ) : null,
            ],
          ]}
        />
      </div>
      <Section title={t("entry")}>
        <Legs
          rule={found.rule}
          legs={found.transfers}
          lines={lines.data?.lines ?? []}
          open={found.transfers.length <= 6}
        />
      </Section>
    </RecordPage>
  )
}

export function FactText({ entry }: { entry: EntryView }) {
  const t = useWords(words)
  const { fact } = entry
  if (!fact) return null
  const name = t.has(`facts.${fact.kind}`) ? t.maybe(`facts.${fact.kind}`) : fact.kind
  const to =
    fact.kind === "return" && fact.id
      ? `/returns/${fact.id}`
      : fact.kind === "tender" && fact.id
        ? `/payments/${fact.id}`
        : fact.kind === "paper" && fact.id
          ? `/stock/papers/${fact.id}`
          : null
  const more = [fact.method, fact.reason].filter(Boolean).join(" · ")
  return (
    <>
      {to ? <Go to={to}>{name}</Go> : name}
      {more ? <span className="muted"> · {more}</span> : null}
    </>
  )
}
