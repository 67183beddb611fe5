import { send, useAct } from "@kit/api/act"
import { fetcher } from "@kit/api/client"
import { Time } from "@kit/format"
import { ListPage } from "@kit/list"
import { Status } from "@kit/record"
import { useSession } from "@kit/session"
import { useWords } from "@kit/words"
import { words } from "./words"

/** Receipts a person has to look at; one that could not be booked is booked from here with one's own rights. */
export default function ExceptionsPage() {
  const t = useWords(words)
  const { may } = useSession()
  const done = { said: t("done"), refresh: ["/v1/till/exceptions"] }
  const book = useAct(async (_, ids: string[]) => {
    for (const exception of ids) {
      await send(fetcher.POST("/v1/till/exceptions/{exception}/book", { params: { path: { exception } } }))
    }
  }, done)
  const settle = useAct(async (_, ids: string[]) => {
    for (const exception of ids) {
      const body = { settlement: t("checked") }
      await send(fetcher.POST("/v1/till/exceptions/{exception}/settle", { params: { path: { exception } }, body }))
    }
  }, done)
  return (
    <ListPage
      name="till-exceptions"
      title={t("exceptions")}
      path="/v1/till/exceptions"
      row={(one) => one.id}
      columns={[
        {
          key: "kind",
          title: t("kind"),
          render: (one) => t.maybe(one.kind),
          always: true,
          width: "minmax(160px, 1fr)",
        },
        {
          key: "receipt",
          title: t("receipt"),
          render: (one) => `${one.store} · ${one.device} · ${one.receipt_no}`,
          width: "minmax(200px, 1fr)",
        },
        { key: "detail", title: t("detail"), render: (one) => one.detail, width: "minmax(220px, 2fr)" },
        { key: "at", title: t("at"), render: (one) => <Time at={one.at} /> },
        {
          key: "status",
          title: t("status"),
          render: (one) => (
            <Status tone={one.settled_at ? "quiet" : "warn"}>{one.settled_at ? t("settled") : t("unsettled")}</Status>
          ),
        },
        { key: "settlement", title: t("settlement"), render: (one) => one.settlement ?? "" },
      ]}
      bulk={
        may("till:manage")
          ? [
              {
                key: "book",
                label: (count) => t("book", { count }),
                run: async (rows) =>
                  void (await book
                    .mutateAsync(rows.filter((one) => one.kind === "refused" && !one.settled_at).map((one) => one.id))
                    .catch(() => undefined)),
              },
              {
                key: "settle",
                label: (count) => t("lookedAt", { count }),
                run: async (rows) =>
                  void (await settle
                    .mutateAsync(rows.filter((one) => !one.settled_at).map((one) => one.id))
                    .catch(() => undefined)),
              },
            ]
          : []
      }
      empty={{ title: t("noExceptions"), body: t("noExceptionsBody") }}
    />
  )
}
