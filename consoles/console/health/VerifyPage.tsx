/** Every invariant, looked at one after the other while you watch: zero rows is healthy, and what is broken opens its rows. */

import { RightOutlined } from "@ant-design/icons"
import { send } from "@kit/api/act"
import { api, fetcher } from "@kit/api/client"
import type { CheckedView, InvariantView } from "@kit/api/schema.gen"
import { countText, exactText } from "@kit/format"
import { RecordPage, Section, Status } from "@kit/record"
import { Answer, Refused } from "@kit/states"
import { useTasks } from "@kit/tasks"
import { useWords } from "@kit/words"
import { Button, Progress } from "antd"
import { Fragment, useRef, useState } from "react"
import "./health.css"
import { Row } from "./Row"
import { words } from "./words"

export default function VerifyPage() {
  const invariants = api.useQuery("get", "/v1/verify/invariants")
  return <Answer of={invariants}>{(list) => <Verify list={list} />}</Answer>
}

function Verify({ list }: { list: readonly InvariantView[] }) {
  const t = useWords(words)
  const { tell } = useTasks()
  const [checked, setChecked] = useState<ReadonlyMap<string, CheckedView>>(new Map())
  const [looking, look] = useState<string>()
  const [fault, setFault] = useState<unknown>()
  const [finished, finish] = useState<string>()
  const stop = useRef(false)

  async function run() {
    stop.current = false
    setChecked(new Map())
    setFault(undefined)
    finish(undefined)
    let done = 0
    let broken = 0
    const report = (state: "running" | "done" | "failed") =>
      tell({
        key: "verify",
        title: t("verify"),
        state,
        done,
        of: list.length,
        note:
          state === "running"
            ? t("running", { done, of: list.length })
            : broken
              ? t("broken", { count: broken })
              : t("healthy", { count: done }),
      })
    try {
      for (const { name } of list) {
        if (stop.current) break
        look(name)
        report("running")
        const one = await send(fetcher.GET("/v1/verify/invariants/{name}", { params: { path: { name } } }))
        done += 1
        if (!one.holds) broken += 1
        setChecked((before) => new Map(before).set(name, one))
      }
      report(broken || done < list.length ? "failed" : "done")
      finish(new Date().toISOString())
    } catch (thrown) {
      report("failed")
      setFault(thrown)
    } finally {
      look(undefined)
    }
  }

  const broken = [...checked.values()].filter((one) => !one.holds)
  const whole = checked.size === list.length
  const rooms = [...new Set(list.map((one) => one.room))]
  return (
    <RecordPage
      title={t("verify")}
      lead={t("verifyLead")}
      status={
        broken.length ? (
          <Status tone="bad">{t("broken", { count: broken.length })}</Status>
        ) : whole ? (
          <Status tone="good">{t("healthy", { count: list.length })}</Status>
        ) : undefined
      }
      actions={
        looking ? (
          <Button
            onClick={() => {
              stop.current = true
            }}
          >
            {t("stop")}
          </Button>
        ) : (
          <Button type="primary" onClick={() => void run()}>
            {checked.size ? t("again") : t("run")}
          </Button>
        )
      }
    >
      <div className="verify-progress" role="status">
        {looking ? (
          <>
            <Progress percent={Math.floor((checked.size * 100) / list.length)} size="small" aria-label={t("verify")} />
            <span className="muted">{t("running", { done: checked.size, of: list.length })}</span>
          </>
        ) : finished ? (
          <span className="muted">{t("lastRun", { at: exactText(finished) })}</span>
        ) : null}
      </div>
      {fault ? <Refused error={fault} retry={() => void run()} /> : null}
      {rooms.map((room) => (
        <Section key={room} title={t.has(`rooms.${room}`) ? t.maybe(`rooms.${room}`) : room}>
          <table className="health-table invariants">
            <tbody>
              {list
                .filter((one) => one.room === room)
                .map((one) => (
                  <Invariant key={one.name} one={one} checked={checked.get(one.name)} looking={looking === one.name} />
                ))}
            </tbody>
          </table>
        </Section>
      ))}
    </RecordPage>
  )
}

function Invariant({ one, checked, looking }: { one: InvariantView; checked?: CheckedView; looking: boolean }) {
  const t = useWords(words)
  const [open, setOpen] = useState(true)
  const broken = checked !== undefined && !checked.holds
  return (
    <Fragment>
      <tr className={broken ? "health-broken" : ""}>
        <td className="invariant-state">
          {looking ? (
            <Status tone="busy">{t("looking")}</Status>
          ) : checked === undefined ? (
            <Status tone="quiet">{t("notYet")}</Status>
          ) : broken ? (
            <Status tone="bad">{t("isBroken")}</Status>
          ) : (
            <Status tone="good">{t("holds")}</Status>
          )}
        </td>
        <th scope="row">
          {one.says}
          <span className="muted mono invariant-name">{one.name}</span>
        </th>
        <td className="end">
          {broken ? (
            <button type="button" className="health-fold" aria-expanded={open} onClick={() => setOpen(!open)}>
              <RightOutlined rotate={open ? 90 : 0} aria-hidden="true" /> {t("rows", { count: checked.count })}
            </button>
          ) : checked ? (
            <span className="muted num">{t("took", { ms: countText(checked.took_ms) })}</span>
          ) : null}
        </td>
      </tr>
      {broken && open ? (
        <tr>
          <td colSpan={3}>
            <div className="health-rows">
              {checked.count > checked.rows.length ? (
                <p className="muted">{t("firstRows", { shown: checked.rows.length, count: checked.count })}</p>
              ) : null}
              <table className="health-table">
                <thead>
                  <tr>
                    {Object.keys(checked.rows[0] ?? {}).map((name) => (
                      <th key={name} scope="col" className="mono">
                        {name}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {checked.rows.map((row) => (
                    <tr key={JSON.stringify(row)}>
                      {Object.entries(row).map(([name, value]) => (
                        <td key={name}>
                          <Row name={name} value={value} />
                        </td>
                      ))}
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </td>
        </tr>
      ) : null}
    </Fragment>
  )
}
