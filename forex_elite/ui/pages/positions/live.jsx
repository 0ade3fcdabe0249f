// Results that follow the price in the browser, and levels that are changed in place.
import { useEffect, useMemo, useRef, useState } from "react";
import { subscribe } from "$/public/external/forex_elite/ui/live/live/socket.js";

const MINUS = "\u2212";
const REPORTED = "As the terminal reported it";
const COMPUTED = "Computed by your browser from the newest tick and the worth of a tick";

/** A figure with its sign as everywhere else in the product: U+2212, thousands by comma. */
function signed(value, places) {
  const rounded = Number(value.toFixed(places));
  const text = Math.abs(rounded).toLocaleString("en-US", { minimumFractionDigits: places, maximumFractionDigits: places });
  return (rounded < 0 ? MINUS : rounded > 0 ? "+" : "") + text;
}

const toneOf = (value, places) => {
  const rounded = Number(value.toFixed(places));
  return rounded > 0 ? "up" : rounded < 0 ? "down" : "flat";
};

/** A result that is `base + perPrice * price`, painted with every tick; until one comes, the terminal's own words. */
export function LiveFigure({ symbol, quote, base, perPrice, places, fallback, tone }) {
  const node = useRef(null);
  useEffect(() => {
    if (!symbol || !perPrice) return undefined;
    return subscribe(`prices:${symbol}`, (tick) => {
      const price = Number(tick?.[quote]);
      if (!node.current || !Number.isFinite(price)) return;
      const value = base + perPrice * price;
      const text = signed(value, places);
      if (node.current.textContent !== text) node.current.textContent = text;
      node.current.className = `live-figure ${toneOf(value, places)}`;
      node.current.dataset.source = "browser";
      node.current.title = COMPUTED;
    });
  }, [symbol, quote, base, perPrice, places, fallback, tone]);
  return (
    <span ref={node} className={`live-figure ${tone}`} data-source="terminal" title={REPORTED}>
      {fallback}
    </span>
  );
}

/** Floating results of all positions by account currency; currencies are never added up. */
export function FloatingTotals({ groups = [] }) {
  const [prices, setPrices] = useState({});
  const symbols = useMemo(() => [...new Set(groups.filter((one) => one.per_price).map((one) => one.symbol))].join("\n"), [groups]);
  useEffect(() => {
    if (!symbols) return undefined;
    const waiting = {};
    let timer = null;
    const flush = () => {
      timer = null;
      setPrices((known) => ({ ...known, ...waiting }));
    };
    const ends = symbols.split("\n").map((symbol) =>
      subscribe(`prices:${symbol}`, (tick) => {
        if (tick?.bid === undefined) return;
        waiting[symbol] = tick;
        timer ??= setTimeout(flush, 200);
      }),
    );
    return () => {
      clearTimeout(timer);
      ends.forEach((end) => end());
    };
  }, [symbols]);
  const totals = new Map();
  for (const one of groups) {
    const total = totals.get(one.currency) ?? { value: 0, count: 0, live: 0, cents: one.cents };
    const price = Number(prices[one.symbol]?.[one.quote]);
    const isLive = one.per_price && Number.isFinite(price);
    total.value += isLive ? one.base + one.per_price * price : one.reported;
    total.count += one.count;
    total.live += isLive ? one.count : 0;
    totals.set(one.currency, total);
  }
  return (
    <div className="floating-totals" role="group" aria-label="Floating results by account currency">
      {[...totals].map(([currency, total]) => {
        const source = total.live === 0 ? "terminal" : total.live === total.count ? "browser" : "mixed";
        const words = { terminal: "as the terminals reported", browser: "by your browser, from ticks", mixed: `${total.live} of ${total.count} from ticks` }[source];
        return (
          <div key={currency} className="floating-total" data-source={source} data-currency={currency} title={source === "terminal" ? REPORTED : COMPUTED}>
            <span className="xs t3">
              {total.count} in {currency}
            </span>
            <span className="floating-value">
              <span className={toneOf(total.value, total.cents)}>{signed(total.value, total.cents)}</span>
              <span className="unit">{currency}</span>
            </span>
            <span className="xs t3">{words}</span>
          </div>
        );
      })}
    </div>
  );
}

/** A price that is changed where it stands: click or Enter opens it, Enter saves, Esc reverts, empty removes. */
export function LevelCell({ value, label, disabled, onSave }) {
  const [draft, setDraft] = useState(null);
  const button = useRef(null);
  const leave = (back) => {
    setDraft(null);
    if (back) requestAnimationFrame(() => button.current?.focus());
  };
  if (draft === null) {
    return (
      <button type="button" ref={button} className="level" aria-label={`${label}: ${value || "none"}; change`} disabled={disabled} onClick={() => setDraft(value)}>
        {value || "–"}
      </button>
    );
  }
  const key = (event) => {
    if (event.key === "Enter") {
      if (draft.trim() !== value) onSave?.(draft.trim());
      leave(true);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      leave(true);
    }
  };
  return (
    <input
      className="input level-input"
      aria-label={`${label}: a price, empty removes it; Enter saves, Esc reverts`}
      inputMode="decimal"
      autoComplete="off"
      autoFocus
      placeholder="none"
      value={draft}
      onChange={(event) => setDraft(event.target.value)}
      onKeyDown={key}
      onBlur={() => leave(false)}
      onFocus={(event) => event.target.select()}
    />
  );
}
