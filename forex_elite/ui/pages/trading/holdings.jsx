// What the account holds and what waits: positions with their floating result, pending orders, and the orders of late.
import { useEffect, useRef, useState } from "react";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";
import { Age, LivePrice } from "$/public/external/forex_elite/ui/live/live/live.jsx";
import { subscribe } from "$/public/external/forex_elite/ui/live/live/socket.js";
import { lots, MISSING, money, pips, pipSize, price, read, result, sign, tone, typed } from "./figures.js";

const PAINT_MS = 250;

const Side = ({ side }) => <span className={`side ${side === "buy" ? "up" : "down"}`}>{side === "buy" ? "Buy" : "Sell"}</span>;

/** A figure one can change in place: Enter saves, Esc leaves it as it was. */
export function EditCell({ label, value, spec, onSave, empty = "Set" }) {
  const [text, setText] = useState(null);
  const field = useRef(null);
  const button = useRef(null);
  const begun = text !== null;
  useEffect(() => {
    if (begun) field.current?.select();
  }, [begun]);
  const end = () => {
    setText(null);
    requestAnimationFrame(() => button.current?.focus());
  };
  if (!begun) {
    return <button ref={button} type="button" className="edit" aria-label={`${label}: ${value ? price(value, spec) : "none"}, change`} onClick={() => setText(typed(value, spec))}>{value ? price(value, spec) : empty}</button>;
  }
  const press = (event) => {
    if (event.key === "Escape") end();
    if (event.key !== "Enter") return;
    event.preventDefault();
    const next = text.trim() === "" ? 0 : read(text);
    if (!(next >= 0)) return;
    end();
    if (next !== value) onSave(next);
  };
  return <input ref={field} className="input edit-field" inputMode="decimal" aria-label={`${label}, Enter saves, empty removes`} value={text} onChange={(event) => setText(event.target.value)} onKeyDown={press} onBlur={() => setText(null)} />;
}

/** Floating result and pips of a position, painted from ticks; until one comes, as reported. */
function Floating({ row, spec, currency, of }) {
  const node = useRef(null);
  const first = of === "pips" ? (spec ? ((row.current_price - row.open_price) * sign(row.side)) / pipSize(spec) : null) : row.profit;
  useEffect(() => {
    let timer = null;
    let newest = null;
    const paint = (value) => {
      if (!node.current) return;
      node.current.textContent = of === "pips" ? pips(value, true) : money(value, currency, true);
      node.current.className = tone(value);
    };
    paint(first);
    if (!spec) return undefined;
    const stop = subscribe(`prices:${row.symbol}`, (quote) => {
      if (!(quote?.bid > 0)) return;
      newest = row.side === "buy" ? quote.bid : quote.ask;
      timer ??= setTimeout(() => {
        timer = null;
        const moved = (newest - row.open_price) * sign(row.side);
        paint(of === "pips" ? moved / pipSize(spec) : result(spec, row.side, row.volume, row.open_price, newest));
      }, PAINT_MS);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [row.symbol, row.side, row.volume, row.open_price, row.profit, spec?.tick_value, currency, of]);
  return <span ref={node} className={tone(first)}>{of === "pips" ? pips(first, true) : money(first, currency, true)}</span>;
}

/** The floating result of all positions, painted like each of them. */
function Total({ rows, specs, currency }) {
  const node = useRef(null);
  useEffect(() => {
    const live = new Map(rows.map((row) => [row.id, row.profit]));
    let timer = null;
    const paint = () => {
      timer = null;
      const sum = [...live.values()].reduce((all, one) => all + one, 0);
      if (!node.current) return;
      node.current.textContent = money(sum, currency, true);
      node.current.className = tone(Number(sum.toFixed(2)));
    };
    paint();
    const stops = [...new Set(rows.map((row) => row.symbol))].filter((name) => specs[name]).map((name) =>
      subscribe(`prices:${name}`, (quote) => {
        if (!(quote?.bid > 0)) return;
        for (const row of rows) {
          if (row.symbol === name) live.set(row.id, result(specs[name], row.side, row.volume, row.open_price, row.side === "buy" ? quote.bid : quote.ask));
        }
        timer ??= setTimeout(paint, PAINT_MS);
      }),
    );
    return () => {
      clearTimeout(timer);
      stops.forEach((stop) => stop());
    };
  }, [rows, specs, currency]);
  return <span ref={node} />;
}

function Positions({ rows, specs, currency, chosen, onChoose, onLevels, onClose }) {
  if (!rows.length) return <div className="empty"><Icon name="positions" /><h2>No open position</h2><p>What you buy or sell here, and what alerts open, appears at once.</p></div>;
  const cell = (row, which) => <EditCell label={`${which === "sl" ? "Stop loss" : "Take profit"} of ${row.symbol}`} value={row[which]} spec={specs[row.symbol]} onSave={(value) => onLevels(row, { [which]: value })} />;
  const close = (row) => <button type="button" className="btn small" onClick={() => onClose(row)} aria-label={`Close ${row.symbol} ${row.side} ${lots(row.volume)}`}>Close</button>;
  return (
    <>
      <table className="compact not-phone">
        <thead><tr><th scope="col">Ticket</th><th scope="col">Symbol</th><th scope="col">Side</th><th scope="col" className="num">Lots</th><th scope="col" className="num">Open</th><th scope="col" className="num">Now</th><th scope="col" className="num">SL</th><th scope="col" className="num">TP</th><th scope="col" className="num">Swap</th><th scope="col" className="num">Pips</th><th scope="col" className="num">P&L, {currency}</th><th scope="col"><span className="sr">Actions</span></th></tr></thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} aria-current={row.symbol === chosen ? "true" : undefined}>
              <td className="mono t3">{row.ticket}</td>
              <td><button type="button" className="row-open md" onClick={() => onChoose(row.symbol)}>{row.symbol}</button></td>
              <td><Side side={row.side} /></td>
              <td className="num">{lots(row.volume)}</td>
              <td className="num t2">{price(row.open_price, specs[row.symbol])}</td>
              <td className="num quote-cell"><LivePrice symbol={row.symbol} digits={specs[row.symbol]?.digits} price={row.side === "buy" ? "bid" : "ask"} fallback={price(row.current_price, specs[row.symbol])} /></td>
              <td className="num">{cell(row, "sl")}</td>
              <td className="num">{cell(row, "tp")}</td>
              <td className="num t3">{money(row.swap, currency, true)}</td>
              <td className="num"><Floating row={row} spec={specs[row.symbol]} currency={currency} of="pips" /></td>
              <td className="num md"><Floating row={row} spec={specs[row.symbol]} currency={currency} of="money" /></td>
              <td className="num">{close(row)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="phone-rows only-phone">
        {rows.map((row) => (
          <div key={row.id} className="phone-row">
            <div className="grow">
              <div className="row"><button type="button" className="md" onClick={() => onChoose(row.symbol)}>{row.symbol}</button><Side side={row.side} /><span className="t2 sm">{lots(row.volume)} lots</span></div>
              <div className="t3 xs">{price(row.open_price, specs[row.symbol])} to <LivePrice symbol={row.symbol} digits={specs[row.symbol]?.digits} price={row.side === "buy" ? "bid" : "ask"} fallback={price(row.current_price, specs[row.symbol])} /></div>
              <div className="row wrap sm"><span className="t3 xs">SL</span>{cell(row, "sl")}<span className="t3 xs">TP</span>{cell(row, "tp")}</div>
            </div>
            <div className="num stack tight"><span className="md"><Floating row={row} spec={specs[row.symbol]} currency={currency} of="money" /><span className="unit">{currency}</span></span>{close(row)}</div>
          </div>
        ))}
      </div>
    </>
  );
}

function Pending({ rows, specs, chosen, onChoose, onChange, onCancel }) {
  if (!rows.length) return <div className="empty"><Icon name="clock" /><h2>No pending order</h2><p>Limit and stop orders wait here until the market reaches them.</p></div>;
  const cell = (row, which, label) => <EditCell label={`${label} of ${row.symbol} ${row.type}`} value={row[which]} spec={specs[row.symbol]} onSave={(value) => onChange(row, { [which]: value })} />;
  const cancel = (row) => <button type="button" className="btn small" onClick={() => onCancel(row)} aria-label={`Cancel ${row.side} ${row.type} ${lots(row.volume)} ${row.symbol}`}>Cancel</button>;
  return (
    <>
      <table className="compact not-phone">
        <thead><tr><th scope="col">Ticket</th><th scope="col">Symbol</th><th scope="col">Order</th><th scope="col" className="num">Lots</th><th scope="col" className="num">Price</th><th scope="col" className="num">Now</th><th scope="col" className="num">SL</th><th scope="col" className="num">TP</th><th scope="col">Placed</th><th scope="col"><span className="sr">Actions</span></th></tr></thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.ticket} aria-current={row.symbol === chosen ? "true" : undefined}>
              <td className="mono t3">{row.ticket}</td>
              <td><button type="button" className="row-open md" onClick={() => onChoose(row.symbol)}>{row.symbol}</button></td>
              <td><span className="row"><Side side={row.side} /><span className="t2">{row.type}</span></span></td>
              <td className="num">{lots(row.volume)}</td>
              <td className="num">{cell(row, "price", "Price")}</td>
              <td className="num quote-cell"><LivePrice symbol={row.symbol} digits={specs[row.symbol]?.digits} price={row.side === "buy" ? "ask" : "bid"} /></td>
              <td className="num">{cell(row, "sl", "Stop loss")}</td>
              <td className="num">{cell(row, "tp", "Take profit")}</td>
              <td><Age at={row.placed_at} plain dot={false} /></td>
              <td className="num">{cancel(row)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="phone-rows only-phone">
        {rows.map((row) => (
          <div key={row.ticket} className="phone-row">
            <div className="grow">
              <div className="row"><button type="button" className="md" onClick={() => onChoose(row.symbol)}>{row.symbol}</button><Side side={row.side} /><span className="t2 sm">{row.type} {lots(row.volume)} lots</span></div>
              <div className="row wrap sm"><span className="t3 xs">At</span>{cell(row, "price", "Price")}<span className="t3 xs">SL</span>{cell(row, "sl", "Stop loss")}<span className="t3 xs">TP</span>{cell(row, "tp", "Take profit")}</div>
            </div>
            {cancel(row)}
          </div>
        ))}
      </div>
    </>
  );
}

const FATES = {
  pending: ["info", "clock", "Under way"], executed: ["up", "check", "Done"], partial: ["warn", "half", "In part"], failed: ["crit", "x-circle", "Failed"],
  rejected: ["crit", "ban", "Refused"], discarded: ["", "minus", "Not sent"], expired: ["warn", "timer", "Too late"], cancelled: ["", "minus", "Cancelled"], unknown: ["warn", "triangle", "Unknown"],
};
const ACTIONS = { open: "", modify_order: "Change ", cancel: "Cancel " };

function Journal({ rows, specs }) {
  if (!rows.length) return <div className="empty"><Icon name="clock" /><h2>No order by hand yet</h2><p>Every order from this page is kept here with what became of it, refused ones too.</p></div>;
  return (
    <table className="compact">
      <thead><tr><th scope="col">Asked, UTC</th><th scope="col">Order</th><th scope="col" className="num">Lots</th><th scope="col" className="num not-phone">Asked at</th><th scope="col" className="num not-phone">Filled at</th><th scope="col" className="num not-phone">To the fill</th><th scope="col">Fate</th><th scope="col" className="not-phone">Reason</th></tr></thead>
      <tbody>
        {rows.map((row) => {
          const [look, icon, word] = FATES[row.status] ?? FATES.unknown;
          const took = row.stages.filled ? Date.parse(row.stages.filled) - Date.parse(row.stages.requested) : null;
          return (
            <tr key={row.id}>
              <td className="mono t3">{row.stages.requested.slice(11, 19)}</td>
              <td><span className="row"><b className="md">{ACTIONS[row.action] ?? ""}{row.symbol}</b><Side side={row.side} /><span className="t3">{row.type === "market" ? "" : row.type}</span></span></td>
              <td className="num">{lots(row.volume_lots)}</td>
              <td className="num t2 not-phone">{price(row.price ?? row.requested_price, specs[row.symbol])}</td>
              <td className="num not-phone">{price(row.fill_price, specs[row.symbol])}</td>
              <td className="num t2 not-phone">{took === null ? MISSING : `${took} ms`}</td>
              <td><span className={`badge ${look}`} title={row.reason || undefined}><Icon name={icon} size="xs" />{word}</span></td>
              <td className="t3 cell-fill not-phone" title={row.reason}>{row.reason}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

export function Holdings({ tab, onTab, positions, pending, journal, specs, account, chosen, problem, onRetry, ...acts }) {
  const tabs = [["positions", "Positions", positions?.length], ["pending", "Pending", pending?.length], ["journal", "Orders", null]];
  const rows = { positions, pending, journal }[tab];
  return (
    <section className="panel holdings" aria-label="Positions and orders">
      <div className="panel-head">
        <div className="tabs" role="tablist" aria-label="Positions and orders">
          {tabs.map(([key, word, count]) => (
            <button key={key} type="button" role="tab" id={`tab-${key}`} aria-selected={tab === key} aria-controls="holdings-list" className="tab" onClick={() => onTab(key)}>{word}{count !== null && count !== undefined && <span className="n">{count}</span>}</button>
          ))}
        </div>
        {positions?.length > 0 && <span className="row end sm t2 not-phone">Floating <Total rows={positions} specs={specs} currency={account.currency} /><span className="unit">{account.currency}</span></span>}
      </div>
      <div className="table-wrap grow" id="holdings-list" role="tabpanel" aria-labelledby={`tab-${tab}`} tabIndex={0}>
        {problem && !rows && <div className="failed" role="alert"><Icon name="alert" /><div className="grow"><b>This could not be loaded</b><p>{problem.detail} <span className="mono">{problem.code}</span></p></div><button type="button" className="btn small" onClick={onRetry}><Icon name="refresh" size="s" />Retry</button></div>}
        {!problem && !rows && <div className="late" aria-busy="true">{[1, 2, 3].map((n) => <div key={n} className="skeleton-row"><span className="skeleton long" /><span className="skeleton long end" /></div>)}</div>}
        {rows && tab === "positions" && <Positions rows={rows} specs={specs} currency={account.currency} chosen={chosen} {...acts} />}
        {rows && tab === "pending" && <Pending rows={rows} specs={specs} chosen={chosen} {...acts} />}
        {rows && tab === "journal" && <Journal rows={rows} specs={specs} />}
      </div>
    </section>
  );
}
