import { api } from "@kit/api/client"
import type { AuditDetail } from "@kit/api/schema.gen"
import { Time } from "@kit/format"
import { Facts, RecordPage, Section } from "@kit/record"
import { Go } from "@kit/shell/go"
import { usePlace } from "@kit/shell/place"
import { Answer } from "@kit/states"
import { useWords } from "@kit/words"
import "./audit.css"
import { placeOf, subjectKey, useSaid } from "./said"
import { Who } from "./Who"
import { words } from "./words"

export default function EventPage() {
  const event = usePlace("event")
  const asked = api.useQuery(
    "get",
    "/v1/audit/{event}",
    { params: { path: { event } } },
    { staleTime: Number.POSITIVE_INFINITY },
  )
  return <Answer of={asked}>{(told) => <Happened told={told} />}</Answer>
}

function Happened({ told }: { told: AuditDetail }) {
  const t = useWords(words)
  const said = useSaid()
  const one = told.happened
  const place = placeOf(one)
  const key = subjectKey(one)
  const name = one.subject.code ?? one.subject.id ?? one.subject.kind
  const about = place ? <Go to={place}>{name}</Go> : name
  const everything = key ? <Go to={`/audit?subject=${encodeURIComponent(key)}`}>{t("all")}</Go> : null
  const type = <span className="mono">{one.type}</span>
  const flow = <span className="mono">{one.flow}</span>
  return (
    <RecordPage
      title={
        <>
          <Who one={one} /> <span className="happened">{said(one)}</span>
        </>
      }
      tab={said(one)}
      back={{ to: "/audit", label: t("title") }}
      lead={<Time at={one.at} exact />}
    >
      <Facts
        facts={[
          [t("subject"), about],
          [t("more"), everything],
          [t("type"), type],
          [t("through"), flow],
        ]}
      />
      <div className="happened-gap" />
      <Section title={t("changes")}>
        {told.changes === null ? (
          <p className="muted">{t("unknownBefore")}</p>
        ) : told.changes.length === 0 ? (
          <p className="muted">{t("noChanges")}</p>
        ) : (
          <table className="diff">
            <thead>
              <tr>
                <th scope="col">{t("fact")}</th>
                <th scope="col">{told.before ? t("before") : t("created")}</th>
                <th scope="col">{t("after")}</th>
              </tr>
            </thead>
            <tbody>
              {told.changes.map((change) => (
                <tr key={change.at}>
                  <th scope="row" className="mono">
                    {change.at.replace(/^what\./, "")}
                  </th>
                  <td className="was">{shown(change.before, t("empty"))}</td>
                  <td className="is">{shown(change.after, t("empty"))}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Section>
      <Section title={t("facts")}>
        <pre className="facts-json mono">{JSON.stringify(one.facts, known, 2)}</pre>
      </Section>
    </RecordPage>
  )
}

/** What was not said is not shown. */
function known(_key: string, value: unknown) {
  return value === null ? undefined : value
}

/** A value as it reads: lists one below the other, what is not there as such. */
function shown(value: unknown, empty: string) {
  if (value === null || value === undefined || value === "") return <span className="muted">{empty}</span>
  if (Array.isArray(value))
    return value.length === 0 ? (
      <span className="muted">{empty}</span>
    ) : (
      <ul>
        {value.map((one) => {
          const text = typeof one === "string" ? one : JSON.stringify(one)
          return <li key={text}>{text}</li>
        })}
      </ul>
    )
  return typeof value === "string" ? value : JSON.stringify(value)
}
