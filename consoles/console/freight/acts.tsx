/** What can be done with a tariff's page: publish the draft, end what is in force, and see the versions. */

import { send, useAct } from "@kit/api/act"
import { fetcher } from "@kit/api/client"
import type { TariffView, VersionRow } from "@kit/api/schema.gen"
import { Time } from "@kit/format"
import { Section, Status } from "@kit/record"
import { None, Rows } from "@kit/record/Rows"
import { useWords } from "@kit/words"
import { App } from "antd"
import { words } from "./words"

export interface Standings {
  in_force: number | null
  draft: number | null
}

export function standings(view: TariffView | null): Standings {
  const of = (state: string) => view?.versions.find((one) => one.state === state)?.version ?? null
  return { in_force: of("published"), draft: of("draft") }
}

/** The terms one works on: the latest version's, whatever its state. */
export function latest(view: TariffView): VersionRow | undefined {
  return view.versions[0]
}

export function useMoves(of: "freight" | "fee", code: string) {
  const t = useWords(words)
  const { modal } = App.useApp()
  const path = of === "freight" ? "/v1/freight-templates" : "/v1/fees"
  const refresh = [path, "/v1/audit"]
  const asked = (key: string) => ({ params: { path: { code }, header: { "Idempotency-Key": key } } })
  const publish = useAct(
    (key) =>
      send(
        of === "freight"
          ? fetcher.POST("/v1/freight-templates/{code}/publish", asked(key))
          : fetcher.POST("/v1/fees/{code}/publish", asked(key)),
      ),
    { said: (told) => t("isInForce", { version: told.version }), refresh },
  )
  const end = useAct(
    (key) =>
      send(
        of === "freight"
          ? fetcher.POST("/v1/freight-templates/{code}/end", asked(key))
          : fetcher.POST("/v1/fees/{code}/end", asked(key)),
      ),
    { said: t("isEnded"), refresh },
  )
  const askEnd = () =>
    modal.confirm({
      title: t("endTitle"),
      content: t(of === "freight" ? "endTemplateBody" : "endFeeBody"),
      okText: t("end"),
      cancelText: t("cancel"),
      okButtonProps: { danger: true },
      onOk: () => end.mutateAsync(undefined).catch(() => undefined),
    })
  return { publish, askEnd }
}

export function Versions({ of }: { of: TariffView }) {
  const t = useWords(words)
  return (
    <Section title={t("versions")}>
      <Rows
        rows={of.versions}
        by={(one) => one.version}
        columns={[
          { title: t("version"), of: (one) => one.version },
          {
            title: t("state"),
            of: (one) => (
              <Status tone={one.state === "published" ? "good" : one.state === "draft" ? "warn" : "quiet"}>
                {t(one.state)}
              </Status>
            ),
          },
          { title: t("published"), of: (one) => (one.published_at ? <Time at={one.published_at} /> : <None />) },
          { title: t("ended"), of: (one) => (one.ended_at ? <Time at={one.ended_at} /> : <None />) },
        ]}
      />
    </Section>
  )
}
