// A small curve without axes: where a figure went, and the level it started the day at.
const WIDTH = 240;
const HEIGHT = 32;

/** `points` are "x,y x,y …" in a box of 240 by 32; `base` is the height of the dotted line, negative for none. */
export function Sparkline({ points = "", base = -1, tone = "", dashed = false, label }) {
  if (!points) return <div className="sparkline blank" role="img" aria-label={label} />;
  return (
    <svg className={`sparkline ${tone} ${dashed ? "dashed" : ""}`} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
      {!dashed && <polygon points={`${points} ${WIDTH},${HEIGHT} 0,${HEIGHT}`} />}
      {base >= 0 && <line x1="0" x2={WIDTH} y1={base} y2={base} />}
      <polyline points={points} />
    </svg>
  );
}
