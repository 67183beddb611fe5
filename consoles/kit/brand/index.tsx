/** The mark: nine dots, one for each 通. The order line joins six of them, and what it writes is 九. */

/** Geometry on a 24-grid; public/favicon.svg and icons.py draw the same. */
export const LINE = "M12 4v8l-8 8M4 12h16v8"
const STEPS = [4, 12, 20]
const JOINED = new Set(["12 4", "4 12", "12 12", "20 12", "4 20", "20 20"])
const DOTS = STEPS.flatMap((y) => STEPS.map((x) => ({ x, y, joined: JOINED.has(`${x} ${y}`) })))

/** Decorative where the name stands beside it; alone it is given a `title`. */
export function Mark({ size = 24, title }: { size?: number; title?: string }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      className="mark"
      role={title ? "img" : undefined}
      aria-label={title}
      aria-hidden={title ? undefined : true}
    >
      <path d={LINE} stroke="var(--primary)" strokeWidth="2.2" strokeLinecap="round" strokeLinejoin="round" />
      {DOTS.map(({ x, y, joined }) => (
        <circle
          key={`${x} ${y}`}
          cx={x}
          cy={y}
          r={joined ? 2.4 : 1.8}
          fill={joined ? "var(--ink)" : "var(--edge)"}
          opacity={joined ? 1 : 0.55}
        />
      ))}
    </svg>
  )
}

export function Wordmark({ size = 24, zh = false }: { size?: number; zh?: boolean }) {
  return (
    <span
      style={{
        display: "inline-flex",
        alignItems: "center",
        gap: size * 0.36,
        fontSize: size * 0.75,
        fontWeight: 650,
        letterSpacing: "-0.02em",
        lineHeight: 1,
      }}
    >
      <Mark size={size} />
      <span>jiutong</span>
      {zh ? (
        <span
          lang="zh-CN"
          style={{ fontWeight: 500, fontSize: "0.8em", letterSpacing: "0.06em", color: "var(--muted)" }}
        >
          九通
        </span>
      ) : null}
    </span>
  )
}
