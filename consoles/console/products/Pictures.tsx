/** The pictures of a product, the first one shown in lists; dropped here, taken away here. */

import { CloseOutlined, PlusOutlined } from "@ant-design/icons"
import { send, useAct } from "@kit/api/act"
import { api, fetcher, type Problem } from "@kit/api/client"
import { token } from "@kit/api/token"
import { Section } from "@kit/record"
import { locale, useWords } from "@kit/words"
import { Button, Upload } from "antd"
import { words } from "./words"

const MOST = 12

async function put(code: string, position: number, alt: string, file: File): Promise<unknown> {
  const address = `/v1/products/${encodeURIComponent(code)}/pictures/${position}?${new URLSearchParams({ alt: alt.slice(0, 200) })}`
  const answer = await fetch(address, {
    method: "PUT",
    body: file,
    headers: {
      authorization: `Bearer ${token.held()?.token}`,
      "accept-language": locale.now(),
      "content-type": file.type || "application/octet-stream",
    },
  })
  const body: unknown = await answer.json()
  if (!answer.ok) throw body as Problem
  return body
}

export function Pictures({ code, title, writes }: { code: string; title: string; writes: boolean }) {
  const t = useWords(words)
  const found = api.useQuery("get", "/v1/products/{code}/pictures", { params: { path: { code } } })
  const pictures = found.data?.items ?? []
  const free = Array.from({ length: MOST }, (_, no) => no + 1).find(
    (no) => !pictures.some((one) => one.position === no),
  )
  const refresh = ["/v1/products"]
  const add = useAct((_key, file: File) => put(code, free ?? 1, title, file), { refresh, said: t("saved") })
  const remove = useAct(
    (_key, position: number) =>
      send(fetcher.DELETE("/v1/products/{code}/pictures/{position}", { params: { path: { code, position } } })),
    { refresh },
  )
  if (pictures.length === 0 && !writes) return null
  return (
    <Section title={t("pictures")}>
      <div className="gallery">
        {pictures.map((one) => (
          <figure key={one.position}>
            <img
              src={`/media/${one.hash}-320.webp`}
              alt={one.alt || t("pictureNo", { title, position: one.position })}
              width={120}
              height={120}
              loading="lazy"
            />
            {writes ? (
              <Button
                size="small"
                shape="circle"
                icon={<CloseOutlined />}
                aria-label={t("removePicture", { position: one.position })}
                loading={remove.isPending && remove.variables === one.position}
                onClick={() => remove.mutate(one.position)}
              />
            ) : null}
          </figure>
        ))}
        {writes && free ? (
          <Upload
            accept="image/jpeg,image/png,image/webp"
            showUploadList={false}
            beforeUpload={(file) => {
              add.mutate(file)
              return Upload.LIST_IGNORE
            }}
          >
            <Button className="add-picture" icon={<PlusOutlined />} loading={add.isPending}>
              {t("addPicture")}
            </Button>
          </Upload>
        ) : null}
      </div>
    </Section>
  )
}
