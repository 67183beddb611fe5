/** Rows as they were understood: what would be new, what would change from what to what, what is wrong. */

import { useWords } from "@kit/words"
import { Tooltip } from "antd"
import { OutcomeWord } from "./said"
import type { KindOf, PreviewRow } from "./sheets"
import { words } from "./words"

export function PreviewTable(props: { kind: KindOf; rows: readonly PreviewRow[]; mapping: string[]; none: string }) {
  const t = useWords(words)
  const { kind, rows, mapping } = props
  const shown = mapping.filter((name) => name && !kind.fields.find((field) => field.name === name)?.told)
  const titled = (name: string) =>
    kind.fields.find((field) => field.name === name)?.title ?? name.slice(name.indexOf(":") + 1)
  if (rows.length === 0) return <p className="muted">{props.none}</p>
  return (
    <div className="sheet-scroll">
      <table className="plain sheet">
        <thead>
          <tr>
            <th scope="col" className="num">
              {t("row")}
            </th>
            <th scope="col">{t("outcome")}</th>
            {shown.map((name) => (
              <th key={name} scope="col">
                {titled(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.row} className={row.outcome}>
              <td className="num">{row.row}</td>
              <td>
                <OutcomeWord outcome={row.outcome} />
                {row.problem ? (
                  <div className="row-problem">
                    {row.problem.field ? `${titled(row.problem.field)}: ` : ""}
                    {row.problem.title} <span className="muted">{row.problem.fix}</span>
                  </div>
                ) : null}
              </td>
              {shown.map((name) => {
                const change = row.changes.find((one) => one.field === name)
                const bad = row.problem?.field === name
                const text = row.said[name] ?? ""
                if (change)
                  return (
                    <td key={name} className="changed-cell">
                      <del>{change.before || "∅"}</del> <ins>{change.after || "∅"}</ins>
                    </td>
                  )
                if (bad)
                  return (
                    <td key={name} className="bad-cell">
                      <Tooltip title={row.problem?.detail}>
                        <span>{text || "∅"}</span>
                      </Tooltip>
                    </td>
                  )
                return (
                  <td key={name} className={row.outcome === "created" ? "" : "muted"}>
                    <span className="cut" title={text}>
                      {text}
                    </span>
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
