/** The mark: nine dots, one for each 通, and the order line that runs through them. */

export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" aria-hidden="true" className="mark">
      <path
        d="M4 4h16M12 4v8M4 12h16M4 12v8h16"
        stroke="var(--primary)"
        strokeWidth="1.8"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      {[4, 12, 20].flatMap((y) =>
        [4, 12, 20].map((x) => <circle key={`${x} ${y}`} cx={x} cy={y} r="2.2" fill="var(--ink)" />),
      )}
    </svg>
  )
}

export function Wordmark({ size = 24 }: { size?: number }) {
  return (
    <span
      style={{
        display: "inline-flex",
        alignItems: "center",
        gap: size / 3,
        fontSize: size * 0.7,
        fontWeight: 600,
        letterSpacing: "-0.01em",
      }}
    >
      <Mark size={size} />
      jiutong
    </span>
  )
}
