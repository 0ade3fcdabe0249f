// Small marks drawn with inline widths. They are here because a width that changes must not become a new style rule.
const percent = (value) => `${Math.min(Math.max(Number(value) || 0, 0), 100)}%`;

/** The product's mark. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 22 22" aria-hidden="true">
      <rect width="22" height="22" rx="5" fill="var(--accent)" />
      <path d="M6 15.5V6.5M6 6.5h8.5M6 11h5" stroke="var(--on-accent)" strokeWidth="2" fill="none" strokeLinecap="square" />
      <path d="M16 9.5v6" stroke="var(--on-accent)" strokeWidth="2" strokeLinecap="square" opacity=".6" />
    </svg>
  );
}

/** How much of a limit is used, 0 to 100. */
export function Meter({ value = 0, tone = "", label }) {
  return (
    <div className={`meter ${tone}`} role="meter" aria-label={label} aria-valuenow={value} aria-valuemin={0} aria-valuemax={100}>
      <i style={{ width: percent(value) }} />
    </div>
  );
}

/** Where the price stands between stop loss and take profit: a bar from the open to now, a tick at the open. */
export function Range({ left, width, open, tone, label }) {
  return (
    <span className="range" role="img" aria-label={label} title={label}>
      <i className={tone} style={{ left: percent(left), width: percent(width) }} />
      <b style={{ left: percent(open) }} />
    </span>
  );
}

/** The share of one stage in the whole time. */
export function Wave({ left, width }) {
  return <span className="wave not-phone" aria-hidden="true"><i style={{ left: percent(left), width: percent(width) }} /></span>;
}

/** Grey rows in the real height, shown while loading. */
export function Skeleton({ rows = 5, label = "Loading" }) {
  const bar = (width, end) => <span className={end ? "skeleton end" : "skeleton"} style={{ width }} />;
  return (
    <div className="late" aria-busy="true">
      <span className="sr">{label}</span>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="skeleton-row">
          {bar([64, 58, 70][row % 3])}
          {bar([38, 38, 34][row % 3])}
          {bar([52, 60, 46][row % 3], true)}
        </div>
      ))}
    </div>
  );
}
