/** What left without being in the book, until it is received, counted or explained. */

import { send, useAct } from "@kit/api/act"
import { fetcher } from "@kit/api/client"
import type { ShortageView } from "@kit/api/schema.gen"
import { Time } from "@kit/format"
import { type Filter, ListPage } from "@kit/list"
import type { Column } from "@kit/list/Grid"
import { Status } from "@kit/record"
import { useSession } from "@kit/session"
import { Go } from "@kit/shell/go"
import { useWords } from "@kit/words"
import { Button, Form, Input, Modal } from "antd"
import { useMemo, useState } from "react"
import { Goods, Signed, useLocations } from "./said"
import "./stock.css"
import { words } from "./words"

export default function ShortagesPage() {
  const t = useWords(words)
  const { may } = useSession()
  const [settling, settle] = useState<ShortageView>()
  const columns = useMemo<Column<ShortageView>[]>(
    () => [
      {
        key: "goods",
        title: t("goods"),
        always: true,
        width: "minmax(260px, 2fr)",
        render: (one) => <Goods sku={one.sku} title={one.title} />,
      },
      { key: "location", title: t("location"), width: "130px", render: (one) => one.location },
      {
        key: "below",
        title: t("belowZero"),
        align: "end",
        width: "110px",
        render: (one) => <Signed count={-one.below_zero} tone />,
      },
      {
        key: "now",
        title: t("now"),
        align: "end",
        width: "100px",
        render: (one) => <Signed count={one.on_hand} tone />,
      },
      {
        key: "about",
        title: t("about"),
        width: "minmax(150px, 1fr)",
        render: (one) =>
          one.order ? (
            <Go to={`/orders/${one.order}`}>{one.order}</Go>
          ) : one.paper ? (
            <Go to={`/stock/papers/${one.paper}`}>{one.paper}</Go>
          ) : null,
      },
      { key: "at", title: t("when"), width: "150px", render: (one) => <Time at={one.at} /> },
      {
        key: "state",
        title: t("state"),
        width: "150px",
        render: (one) =>
          one.resolved_at ? (
            <Status tone="good">{t("settled")}</Status>
          ) : may("inventory:write") ? (
            <Button size="small" onClick={() => settle(one)}>
              {t("settle")}
            </Button>
          ) : (
            <Status tone="warn">{t("open")}</Status>
          ),
      },
    ],
    [t, may],
  )
  const filters = useMemo<Filter[]>(
    () => [
      { key: "location", title: t("location"), kind: "lookup", pinned: true, useOptions: useLocations },
      {
        key: "resolved",
        title: t("state"),
        kind: "choice",
        pinned: true,
        options: [
          { value: "false", label: t("open") },
          { value: "true", label: t("settled") },
        ],
      },
    ],
    [t],
  )
  return (
    <>
      <ListPage
        name="stock.shortages"
        title={t("shortages")}
        path="/v1/stock/shortages"
        row={(one) => one.id}
        columns={columns}
        filters={filters}
        above={<p className="list-lead muted">{t("shortageLead")}</p>}
        empty={{ title: t("noShortages"), body: t("noShortagesBody") }}
      />
      {settling ? <Settle shortage={settling} close={() => settle(undefined)} /> : null}
    </>
  )
}

function Settle({ shortage, close }: { shortage: ShortageView; close: () => void }) {
  const t = useWords(words)
  const [form] = Form.useForm<{ reason: string }>()
  const act = useAct(
    (key, reason: string) =>
      send(
        fetcher.POST("/v1/stock/shortages/{shortage_id}/resolve", {
          params: { path: { shortage_id: shortage.id }, header: { "Idempotency-Key": key } },
          body: { reason },
        }),
      ),
    { said: t("settleDone"), refresh: ["/v1/stock"], form, then: close },
  )
  return (
    <Modal
      open
      title={t("settleTitle", { title: shortage.title })}
      okText={t("settle")}
      confirmLoading={act.isPending}
      onCancel={close}
      onOk={() => form.submit()}
    >
      <Form form={form} layout="vertical" requiredMark={false} onFinish={({ reason }) => act.mutate(reason.trim())}>
        <Form.Item
          name="reason"
          label={t("settleWhy")}
          rules={[{ required: true, whitespace: true, message: t("settleWhy") }]}
        >
          <Input.TextArea autoFocus rows={3} maxLength={200} />
        </Form.Item>
      </Form>
    </Modal>
  )
}
