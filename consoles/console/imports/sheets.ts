/** Handing sheets in and following them: what the typed client cannot send (a file), and what outlives the page that began it. */

import { fetcher, type Problem } from "@kit/api/client"
import type { paths } from "@kit/api/schema.gen"
import { token } from "@kit/api/token"
import { saveAs } from "@kit/list/export"
import { locale } from "@kit/words"

type Answered<P extends keyof paths, M extends "get" | "post"> = paths[P] extends {
  [K in M]: { responses: infer Responses }
}
  ? Responses extends { 200: { content: { "application/json": infer Body } } }
    ? Body
    : never
  : never

export type Sheet = Answered<"/v1/imports/{import_id}", "get">
export type Preview = Answered<"/v1/imports/{import_id}/preview", "post">
export type PreviewRow = Preview["items"][number]
export type Kinds = Answered<"/v1/imports/kinds", "get">
export type KindOf = Kinds[number]

export const KINDS = ["products", "prices", "costs", "listings", "stock"] as const
export type Kind = (typeof KINDS)[number]
export const FILE_BYTES_MAX = 20 * 1024 * 1024

function asked(): Record<string, string> {
  return { authorization: `Bearer ${token.held()?.token}`, "accept-language": locale.now() }
}

/** Sends a file; a refusal is thrown as the Problem it is. */
export async function handIn(kind: Kind, file: File): Promise<Sheet> {
  const address = `/v1/imports?${new URLSearchParams({ kind, name: file.name.slice(0, 200) })}`
  const answer = await fetch(address, {
    method: "POST",
    body: file,
    headers: { ...asked(), "content-type": "application/octet-stream" },
  })
  const body: unknown = await answer.json()
  if (!answer.ok) throw body as Problem
  return body as Sheet
}

/** Downloads the rows that were not taken over. */
export async function takeBack(sheet: Sheet): Promise<void> {
  const answer = await fetch(`/v1/imports/${sheet.id}/rejects.xlsx`, { headers: asked() })
  if (!answer.ok) throw (await answer.json()) as Problem
  const dot = sheet.name.lastIndexOf(".")
  saveAs(await answer.blob(), `${dot > 0 ? sheet.name.slice(0, dot) : sheet.name}-rejects.xlsx`)
}

/** A file with nothing but headings. */
export function template(kind: KindOf): void {
  const headings = kind.fields.filter((field) => !field.told).map((field) => field.title)
  saveAs(new Blob([`\ufeff${headings.join(",")}\r\n`], { type: "text/csv" }), `${kind.name}.csv`)
}

const followed = new Set<string>()

/** Asks how far an import has come until it has ended, whatever page is shown meanwhile. */
export async function follow(id: string, tell: (sheet: Sheet) => void): Promise<void> {
  if (followed.has(id)) return
  followed.add(id)
  try {
    for (;;) {
      const { data } = await fetcher.GET("/v1/imports/{import_id}", { params: { path: { import_id: id } } })
      if (data) tell(data)
      if (data && data.state !== "running") return
      await new Promise((later) => setTimeout(later, 800))
    }
  } finally {
    followed.delete(id)
  }
}

/** The fields of a kind that no column says and no default gives, though a row cannot do without. */
export function missing(kind: KindOf, mapping: readonly string[], defaults: Record<string, string>): string[] {
  const said = (name: string) => mapping.includes(name) || Boolean(defaults[name])
  const lacking = kind.fields.filter((field) => field.needed && !said(field.name)).map((field) => field.name)
  if (kind.name === "products" && !said("product") && !said("sku")) lacking.unshift("sku")
  return lacking
}

/** A mapping in which `column` means `meaning`, and no other column does. */
export function mapped(mapping: readonly string[], column: number, meaning: string): string[] {
  return mapping.map((before, no) => (no === column ? meaning : before === meaning && meaning ? "" : before))
}
