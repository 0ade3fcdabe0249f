// What is declared in the file that is open. Only the rows in view exist: the page is painted with every letter.
import { memo, useMemo, useRef } from "react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";

const ICONS = { event: "play", function: "function", input: "sliders", class: "box", struct: "box", interface: "box", enum: "list", namespace: "box" };
const ROW_PX = 24;
const ROW_FOR_FINGERS_PX = 40;
const ROWS_BEYOND = 4;

const flat = (items, depth = 0) => items.flatMap((one) => [{ ...one, depth }, ...flat(one.children, depth + 1)]);

/** Drawn anew for other items alone: `onJump` must stay good. */
export const Outline = memo(function Outline({ items, onJump }) {
  const rows = useMemo(() => flat(items), [items]);
  const list = useRef(null);
  const { getTotalSize, getVirtualItems } = useVirtualizer({
    count: rows.length,
    getScrollElement: () => list.current,
    estimateSize: () => (matchMedia("(max-width: 767px)").matches ? ROW_FOR_FINGERS_PX : ROW_PX),
    overscan: ROWS_BEYOND,
  });
  const drawn = getVirtualItems();
  return (
    <section className="studio-part outline" aria-label="Outline">
      <div className="panel-head"><h2>Outline</h2><span className="count">{rows.length || ""}</span></div>
      {rows.length === 0 && <p className="studio-note">Functions, inputs and classes of the file appear here.</p>}
      <div ref={list} className="outline-list scroll" tabIndex={rows.length ? 0 : undefined} role="region" aria-label="Declarations">
        {rows.length > 0 && (
          <ul style={{ height: getTotalSize(), paddingTop: drawn[0]?.start }}>
            {drawn.map(({ key, index, size }) => {
              const one = rows[index];
              return (
                <li key={key} aria-setsize={rows.length} aria-posinset={index + 1} style={{ height: size }}>
                  <button type="button" className="outline-item" data-depth={one.depth} title={one.detail} onClick={() => onJump(one.line, one.column)}>
                    <Icon name={ICONS[one.kind] ?? "minus"} size="s" />
                    <span className="ell">{one.name}</span>
                    <span className="sr">{one.kind}, line </span>
                    <span className="t3 xs end">{one.line}</span>
                  </button>
                </li>
              );
            })}
          </ul>
        )}
      </div>
    </section>
  );
});
