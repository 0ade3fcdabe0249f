// The bars beside results.

/** A net result beside others: to the right of the middle won, to the left lost. */
export function NetBar({ share = 0, tone }) {
  const width = `${Math.min(Math.abs(Number(share) || 0), 100) / 2}%`;
  const place = share < 0 ? { right: "50%", width } : { left: "50%", width };
  return (
    <span className="net-bar" aria-hidden="true">
      <i className={tone} style={place} />
    </span>
  );
}
