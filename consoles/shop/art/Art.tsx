import { drawn, GLYPHS } from "./glyphs"

/** The same for the same product, here and on every other device. */
function turned(seed: string): number {
  let hash = 7
  for (const letter of seed) hash = (hash * 31 + letter.charCodeAt(0)) >>> 0
  return hash
}

/** A drawing of what kind of thing it is, for products without a picture. */
export function Art({ seed, words }: { seed: string; words: (string | null | undefined)[] }) {
  const [glyph, tone] = drawn(...words)
  const hash = turned(seed)
  const x = 14 + (hash % 36)
  const y = 14 + ((hash >> 6) % 36)
  const lean = ((hash >> 12) % 15) - 7
  return (
    <svg className={`art tone-${tone}`} viewBox="0 0 96 96" aria-hidden="true" focusable="false">
      <circle className="art-halo" cx={16 + x} cy={16 + y} r={30 + (hash % 9)} />
      <g transform={`translate(16 16) rotate(${lean} 32 32)`}>
        {(GLYPHS[glyph] ?? []).map(([shade, path]) => (
          <path key={path} className={/[zZ]/.test(path) ? `art-${shade}` : `art-line art-line-${shade}`} d={path} />
        ))}
      </g>
    </svg>
  )
}

const WIDTHS = [320, 800, 1600]

/** A product's picture where it has one, else its drawing. */
export function Picture(props: {
  hash: string | null
  alt: string
  seed: string
  words: (string | null | undefined)[]
  sizes: string
  eager?: boolean
}) {
  const { hash, alt, seed, words, sizes, eager } = props
  if (!hash) return <Art seed={seed} words={words} />
  return (
    <img
      className="photo"
      src={`/media/${hash}-800.webp`}
      srcSet={WIDTHS.map((width) => `/media/${hash}-${width}.webp ${width}w`).join(", ")}
      sizes={sizes}
      alt={alt}
      loading={eager ? "eager" : "lazy"}
      fetchPriority={eager ? "high" : "auto"}
      decoding="async"
    />
  )
}
