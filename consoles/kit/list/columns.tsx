/** Which columns are shown: the usual ones until somebody chooses, then theirs, remembered on this device. */

import { SettingOutlined } from "@ant-design/icons"
import { Button, Checkbox, Popover } from "antd"
import { useMemo, useState } from "react"
import { useWords } from "../words"
import type { Column } from "./Grid"
import { words } from "./words"

export interface ColumnsChosen<Row> {
  shown: Column<Row>[]
  hidden: ReadonlySet<string>
  choose: (hidden: ReadonlySet<string> | null) => void
  /** What was chosen, as a view keeps it: the keys shown, or none for the usual ones. */
  keys: string[]
  show: (keys: string[]) => void
}

export function useColumns<Row>(name: string, columns: Column<Row>[]): ColumnsChosen<Row> {
  const place = `jiutong.columns.${name}`
  const [written, write] = useState(() => localStorage.getItem(place))
  const hidden = useMemo(
    () =>
      new Set<string>(
        written
          ? (JSON.parse(written) as string[])
          : columns.filter((column) => column.hidden).map((column) => column.key),
      ),
    [written, columns],
  )
  const shown = useMemo(() => columns.filter((column) => column.always || !hidden.has(column.key)), [columns, hidden])
  function choose(next: ReadonlySet<string> | null) {
    if (next === null) localStorage.removeItem(place)
    else localStorage.setItem(place, JSON.stringify([...next]))
    write(next === null ? null : JSON.stringify([...next]))
  }
  return {
    shown,
    hidden,
    choose,
    keys: written ? shown.map((column) => column.key) : [],
    show(keys) {
      const wanted = new Set(keys)
      choose(keys.length ? new Set(columns.map((column) => column.key).filter((key) => !wanted.has(key))) : null)
    },
  }
}

export function ColumnChoice<Row>({ columns, choice }: { columns: Column<Row>[]; choice: ColumnsChosen<Row> }) {
  const t = useWords(words)
  const toggle = (key: string, show: boolean) => {
    const next = new Set(choice.hidden)
    if (show) next.delete(key)
    else next.add(key)
    choice.choose(next)
  }
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      arrow={false}
      content={
        <div className="column-choice">
          {columns.map((column) => (
            <Checkbox
              key={column.key}
              checked={column.always || !choice.hidden.has(column.key)}
              disabled={column.always}
              onChange={(event) => toggle(column.key, event.target.checked)}
            >
              {column.title}
            </Checkbox>
          ))}
          <Button type="link" size="small" onClick={() => choice.choose(null)}>
            {t("resetColumns")}
          </Button>
        </div>
      }
    >
      <Button type="text" icon={<SettingOutlined />} aria-label={t("columns")} title={t("columns")} />
    </Popover>
  )
}
