// The small parts that every view of a deployment shows: state, figures that follow the price, failures, waiting.
import { useEffect, useRef } from "react";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";
import { money, tone } from "$/public/external/forex_elite/ui/live/live/figures.js";
import { subscribe } from "$/public/external/forex_elite/ui/live/live/socket.js";
import { isUneasy, noteOf, stateOf } from "./words.js";

const PAINT_MS = 250;

/** What an expert really does; with `noted` also why that is not what is wanted. */
export function State({ row, noted = true }) {
  const [look, icon, word] = stateOf(row);
  const note = noted ? noteOf(row) : "";
  return (
    <span className="state-cell">
      <span className={`badge ${look}`}><Icon name={icon} size="xs" />{word}</span>
      {note && <span className={`xs ell ${isUneasy(row) ? (row.actual === "failed" ? "crit-t" : "warn-t") : "t3"}`} title={note}>{note}</span>}
    </span>
  );
}

/** The floating result of an expert's positions, painted from ticks; until one comes, as the terminal reported it. */
export function Floating({ row }) {
  const node = useRef(null);
  const { floating, floating_base: base, per_bid: perBid, per_ask: perAsk, currency } = row.result;
  useEffect(() => {
    let timer = null;
    let newest = null;
    const paint = (value) => {
      if (!node.current) return;
      node.current.textContent = money(value, currency, true);
      node.current.className = tone(Number(value.toFixed(2)));
    };
    paint(floating);
    if (!perBid && !perAsk) return undefined;
    const end = subscribe(`prices:${row.symbol}`, (quote) => {
      if (!(quote?.bid > 0)) return;
      newest = base + perBid * quote.bid + perAsk * quote.ask;
      timer ??= setTimeout(() => {
        timer = null;
        paint(newest);
      }, PAINT_MS);
    });
    return () => {
      clearTimeout(timer);
      end();
    };
  }, [row.symbol, floating, base, perBid, perAsk, currency]);
  return <span ref={node} className={tone(floating)}>{money(floating, currency, true)}</span>;
}

export function Money({ value, currency, signed = true }) {
  return <><span className={signed ? tone(value) : ""}>{money(value, currency, signed)}</span><span className="unit">{currency}</span></>;
}

export function Failed({ what, problem, onRetry }) {
  return (
    <div className="failed" role="alert">
      <Icon name="alert" />
      <div className="grow"><b>{what}</b><p>{problem.detail ?? problem.title} <span className="mono">{problem.code}</span></p></div>
      {onRetry && <button type="button" className="btn small" onClick={onRetry}><Icon name="refresh" size="s" />Retry</button>}
    </div>
  );
}

export function Waiting({ rows = 4 }) {
  return (
    <div className="late" aria-busy="true">
      {Array.from({ length: rows }, (_, n) => <div key={n} className="skeleton-row"><span className="skeleton long" /><span className="skeleton long end" /></div>)}
    </div>
  );
}
