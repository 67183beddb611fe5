/** What each column of a file is taken for, with its first values beside it. */

import { useWords } from "@kit/words"
import { Input, Select } from "antd"
import { useMemo } from "react"
import type { KindOf, Sheet } from "./sheets"
import { words } from "./words"

const ZONES = [
  "UTC",
  "Asia/Shanghai",
  "Asia/Hong_Kong",
  "Asia/Singapore",
  "Europe/London",
  "Europe/Berlin",
  "America/New_York",
  "America/Los_Angeles",
]
const DATED = new Set(["valid_from", "valid_to"])

export function Mapping(props: {
  sheet: Sheet
  kind: KindOf
  mapping: string[]
  samples: readonly (readonly string[])[]
  onMap: (column: number, meaning: string) => void
  missing: string[]
  defaults: Record<string, string>
  onDefault: (field: string, value: string) => void
}) {
  const t = useWords(words)
  const { sheet, kind, mapping, samples } = props
  const options = useMemo(
    () => [
      { value: "", label: t("ignored") },
      ...kind.fields.map((field) => ({
        value: field.name,
        label: field.told ? t("readOnly", { title: field.title }) : `${field.title}${field.needed ? " *" : ""}`,
      })),
    ],
    [kind, t],
  )
  const titled = (name: string) => kind.fields.find((field) => field.name === name)?.title ?? name
  // A heading that is nobody's may become an attribute of the same name.
  const offered = (column: number) => {
    const heading = sheet.columns[column] ?? ""
    const known = mapping[column] ?? ""
    const own = [`attribute:${heading}`, `sku_attribute:${heading}`]
    const more = kind.name === "products" && heading && heading.length <= 50 ? own : []
    return [
      ...options,
      ...[...new Set([...more, known])]
        .filter((name) => name.includes("attribute:"))
        .map((name) => ({
          value: name,
          label: t(name.startsWith("sku_") ? "skuAttribute" : "attribute", { name: name.slice(name.indexOf(":") + 1) }),
        })),
    ]
  }
  const zones = [...new Set([props.defaults.time_zone ?? "UTC", ...ZONES])]
  return (
    <>
      <table className="plain mapping">
        <thead>
          <tr>
            <th scope="col">{t("column")}</th>
            <th scope="col">{t("meaning")}</th>
            <th scope="col">{t("sample")}</th>
          </tr>
        </thead>
        <tbody>
          {sheet.columns.map((column, no) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place; headings may repeat
            <tr key={no} className={mapping[no] ? "" : "left-out"}>
              <th scope="row">{column || `#${no + 1}`}</th>
              <td>
                <Select
                  aria-label={`${t("meaning")}: ${column}`}
                  value={mapping[no] ?? ""}
                  options={offered(no)}
                  onChange={(meaning) => props.onMap(no, meaning)}
                  showSearch={{ optionFilterProp: "label" }}
                  style={{ width: 240 }}
                  variant={mapping[no] ? "outlined" : "filled"}
                />
              </td>
              <td className="muted samples">
                {samples
                  .map((cells) => cells[no])
                  .filter(Boolean)
                  .join(" · ")}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {props.missing.map((field) => (
        <p key={field} className="lacking">
          <span>{t("missing", { field: titled(field) })}</span>{" "}
          <Input
            aria-label={titled(field)}
            value={props.defaults[field] ?? ""}
            onChange={(event) => props.onDefault(field, event.target.value.trim())}
            style={{ width: 180 }}
            status={props.defaults[field] ? undefined : "warning"}
          />
        </p>
      ))}
      {mapping.some((one) => DATED.has(one)) ? (
        <p className="lacking">
          <span className="muted">{t("zone")}</span>{" "}
          <Select
            aria-label={t("zone")}
            size="small"
            value={props.defaults.time_zone}
            options={zones.map((zone) => ({ value: zone, label: zone }))}
            onChange={(zone) => props.onDefault("time_zone", zone)}
            style={{ width: 200 }}
            showSearch
          />
        </p>
      ) : null}
    </>
  )
}
