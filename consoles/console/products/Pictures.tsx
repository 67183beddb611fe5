/** The pictures of a product, first the one shown in lists. */

import { Section } from "@kit/record"
import { useWords } from "@kit/words"
import { words } from "./words"

interface Picture {
  url?: string
  small?: string
  hash?: string
  alt?: string
}

export function Pictures({ pictures }: { code: string; pictures: readonly unknown[] | undefined; writes: boolean }) {
  const t = useWords(words)
  const shown = ((pictures ?? []) as Picture[])
    .map((one) => one.small ?? one.url ?? (one.hash ? `/media/${one.hash}-320.webp` : ""))
    .filter(Boolean)
  if (shown.length === 0) return null
  return (
    <Section title={t("pictures")}>
      <div className="gallery">
        {shown.map((address) => (
          <img key={address} src={address} alt="" loading="lazy" />
        ))}
      </div>
    </Section>
  )
}
