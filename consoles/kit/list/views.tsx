/** A view is an address with a name: filters somebody comes back to. */

import { DeleteOutlined, StarOutlined } from "@ant-design/icons"
import { Button, Input, Popover } from "antd"
import { useState } from "react"
import { useWords } from "../words"
import type { Search } from "./search"
import { words } from "./words"

interface View {
  name: string
  search: Search
}

export function Views({ name, search, apply }: { name: string; search: Search; apply: (search: Search) => void }) {
  const t = useWords(words)
  const place = `jiutong.views.${name}`
  const [views, setViews] = useState<View[]>(() => JSON.parse(localStorage.getItem(place) ?? "[]") as View[])
  const [called, call] = useState("")
  const keep = (next: View[]) => {
    localStorage.setItem(place, JSON.stringify(next))
    setViews(next)
  }
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      arrow={false}
      content={
        <div className="views">
          {views.length === 0 ? <p className="muted">{t("noViews")}</p> : null}
          {views.map((view) => (
            <div key={view.name} className="view">
              <Button type="text" block onClick={() => apply(view.search)}>
                {view.name}
              </Button>
              <Button
                type="text"
                icon={<DeleteOutlined />}
                aria-label={`${t("remove")} ${view.name}`}
                onClick={() => keep(views.filter((other) => other !== view))}
              />
            </div>
          ))}
          {Object.keys(search).length ? (
            <form
              className="view-new"
              onSubmit={(event) => {
                event.preventDefault()
                if (!called.trim()) return
                keep([...views.filter((view) => view.name !== called.trim()), { name: called.trim(), search }])
                call("")
              }}
            >
              <Input
                size="small"
                value={called}
                placeholder={t("viewName")}
                aria-label={t("viewName")}
                onChange={(event) => call(event.target.value)}
              />
              <Button size="small" htmlType="submit" type="primary">
                {t("save")}
              </Button>
            </form>
          ) : null}
        </div>
      }
    >
      <Button type="text" icon={<StarOutlined />}>
        {t("views")}
      </Button>
    </Popover>
  )
}
