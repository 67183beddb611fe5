/** A view is an address with a name: filters, order and columns somebody comes back to, alone or with the roles they share it with. */

import { CheckOutlined, DeleteOutlined, StarFilled, StarOutlined, TeamOutlined } from "@ant-design/icons"
import { Button, Input, Popover, Select } from "antd"
import { useState } from "react"
import { send, useAct } from "../api/act"
import { api, fetcher } from "../api/client"
import type { SavedView } from "../api/schema.gen"
import { useSession } from "../session"
import { useWords } from "../words"
import { asQuery, asSearch, type Search } from "./search"
import { words } from "./words"

export interface ViewsProps {
  name: string
  search: Search
  apply: (search: Search) => void
  /** The columns shown, in order; empty for the list's own choice. */
  columns: string[]
  show: (columns: string[]) => void
}

export function Views(props: ViewsProps) {
  const t = useWords(words)
  const { me, may } = useSession()
  const [open, setOpen] = useState(false)
  const [called, call] = useState("")
  const [shared, share] = useState<string[]>([])
  const kept = api.useQuery("get", "/v1/views", { params: { query: { list: props.name } } }, { staleTime: 60_000 })
  const roles = api.useQuery(
    "get",
    "/v1/roles",
    { params: { query: { limit: 250 } } },
    { enabled: open && may("access:read") },
  )
  const views = kept.data?.items ?? []
  const query = asQuery(props.search)
  const current = views.find((view) => view.query === query && same(view.columns ?? [], props.columns))
  const refresh = ["/v1/views"]
  const make = useAct(
    (key, name: string) =>
      send(
        fetcher.POST("/v1/views", {
          params: { header: { "Idempotency-Key": key } },
          body: { list: props.name, name, query, columns: props.columns, roles: shared },
        }),
      ),
    { said: t("kept"), refresh, then: () => call("") },
  )
  const remove = useAct((_, view: string) => send(fetcher.DELETE("/v1/views/{view}", { params: { path: { view } } })), {
    said: t("gone"),
    refresh,
  })
  const choices = roles.data
    ? roles.data.items.map((role) => ({ value: role.code, label: role.name }))
    : (me.roles ?? []).map((role) => ({ value: role, label: role }))

  function take(view: SavedView) {
    props.apply(asSearch(view.query ?? ""))
    props.show(view.columns ?? [])
    setOpen(false)
  }

  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      arrow={false}
      open={open}
      onOpenChange={setOpen}
      content={
        <div className="views">
          {views.length === 0 ? <p className="muted">{t("noViews")}</p> : null}
          {views.map((view) => (
            <div key={view.view} className="view">
              <Button
                type="text"
                block
                icon={view === current ? <CheckOutlined /> : view.roles?.length ? <TeamOutlined /> : <StarOutlined />}
                aria-current={view === current}
                onClick={() => take(view)}
              >
                <span className="view-name">{view.name}</span>
                {view.mine ? null : <span className="muted">{view.by}</span>}
              </Button>
              {view.mine || may("access:write") ? (
                <Button
                  type="text"
                  icon={<DeleteOutlined />}
                  aria-label={`${t("remove")} ${view.name}`}
                  title={t("remove")}
                  loading={remove.isPending && remove.variables === view.view}
                  onClick={() => remove.mutate(view.view)}
                />
              ) : null}
            </div>
          ))}
          {current ? null : (
            <form
              className="view-new"
              onSubmit={(event) => {
                event.preventDefault()
                if (called.trim()) make.mutate(called.trim())
              }}
            >
              <Input
                value={called}
                maxLength={100}
                placeholder={t("viewName")}
                aria-label={t("viewName")}
                onChange={(event) => call(event.target.value)}
              />
              {choices.length ? (
                <Select
                  mode="multiple"
                  value={shared}
                  onChange={share}
                  options={choices}
                  placeholder={t("shareWith")}
                  aria-label={t("shareWith")}
                  maxTagCount="responsive"
                />
              ) : null}
              <Button htmlType="submit" type="primary" disabled={!called.trim()} loading={make.isPending}>
                {t("saveView")}
              </Button>
            </form>
          )}
        </div>
      }
    >
      <Button type="text" icon={current ? <StarFilled /> : <StarOutlined />}>
        {current ? current.name : t("views")}
      </Button>
    </Popover>
  )
}

function same(one: string[], other: string[]): boolean {
  return one.length === other.length && one.every((key, index) => key === other[index])
}
