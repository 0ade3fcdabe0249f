// A curve of balances. Drawn as SVG from tokens, so themes and palettes need no redrawing.
import { useRef, useState } from "react";

const W = 1000;
const H = 220;
const PAD = 8;

/** An amount at the edge of the chart: whole, unless the curve moves by less than that. */
const amount = (value, room) => {
  const places = room < 100 ? 2 : 0;
  return value.toLocaleString("en-US", { minimumFractionDigits: places, maximumFractionDigits: places }).replace("-", "\u2212");
};

/** A balance along time. Pointer or arrow keys read a point; `label` says it all to those who cannot see it. */
export function EquityCurve({ points = [], label }) {
  const frame = useRef(null);
  const [at, setAt] = useState(null);
  if (points.length < 2) return null;
  const values = points.map((point) => point.value);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const room = high - low || Math.abs(high) || 1;
  const x = (n) => (n / (points.length - 1)) * W;
  const y = (value) => PAD + (1 - (value - low) / room) * (H - 2 * PAD);
  const line = points.map((point, n) => `${n ? "L" : "M"}${x(n).toFixed(1)} ${y(point.value).toFixed(1)}`).join("");
  const start = y(values[0]);
  const point = at === null ? points[points.length - 1] : points[at];
  const move = (event) => {
    const box = frame.current.getBoundingClientRect();
    const share = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1);
    setAt(Math.round(share * (points.length - 1)));
  };
  const key = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    setAt((old) => Math.min(Math.max((old ?? points.length - 1) + step, 0), points.length - 1));
  };
  return (
    <figure className="curve">
      <figcaption className="row xs t2" aria-live="polite">
        {point.words}
      </figcaption>
      <div
        ref={frame}
        className="curve-frame"
        role="img"
        aria-label={label}
        tabIndex={0}
        onPointerMove={move}
        onPointerLeave={() => setAt(null)}
        onKeyDown={key}
        onBlur={() => setAt(null)}
      >
        <svg viewBox={`0 0 ${W} ${H}`} preserveAspectRatio="none" aria-hidden="true">
          <path className="curve-area" d={`${line}L${W} ${H}L0 ${H}Z`} />
          <path className="curve-start" d={`M0 ${start}H${W}`} vectorEffect="non-scaling-stroke" />
          <path className="curve-line" d={line} vectorEffect="non-scaling-stroke" />
          {at !== null && <path className="curve-cross" d={`M${x(at)} 0V${H}`} vectorEffect="non-scaling-stroke" />}
        </svg>
        <span className="curve-high">{amount(high, room)}</span>
        <span className="curve-low">{amount(low, room)}</span>
      </div>
      <div className="row xs t3">
        <span>{points[0].day}</span>
        <span className="end">{points[points.length - 1].day}</span>
      </div>
    </figure>
  );
}
