// The order ticket: what it would cost and risk is shown before anything is sent, and it asks unless told not to.
import { useState } from "react";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";
import { belongsBelow, isFigure, isOtherSide, lots, money, percent, pips, pipSize, price, read, result, snapped, volumeFor } from "./figures.js";

const STALE_MS = 60_000;
export const EMPTY = { side: "buy", type: "market", sizing: "lots", lots: "0.10", risk: "1.00", price: "", sl: "", tp: "", unit: "price" };

/** The level as a price, from a price or a distance in pips; null when there is none, NaN when it cannot be read. */
export function levelOf(draft, which, entry, spec) {
  if (!draft[which].trim()) return null;
  const value = read(draft[which]);
  if (draft.unit === "price") return value > 0 ? value : NaN;
  return value > 0 && entry ? snapped(entry + (belongsBelow(which, draft.side) ? -1 : 1) * value * pipSize(spec), spec) : NaN;
}

/** Everything that follows from the draft at the present price; `faults` by field, empty when it may be sent. */
export function reckon(draft, spec, quote, account) {
  const market = quote && (draft.side === "buy" ? quote.ask : quote.bid);
  const asked = read(draft.price);
  const entry = draft.type === "market" ? market ?? null : asked > 0 ? asked : null;
  const [sl, tp] = [levelOf(draft, "sl", entry, spec), levelOf(draft, "tp", entry, spec)];
  const risk = read(draft.risk);
  const faults = {};
  if (Number.isNaN(sl)) faults.sl = draft.unit === "pips" ? "Use a distance above zero." : "Use a price above zero.";
  if (Number.isNaN(tp)) faults.tp = draft.unit === "pips" ? "Use a distance above zero." : "Use a price above zero.";
  if (draft.type !== "market" && !(asked > 0)) faults.price = "Use a price above zero.";
  const where = (which) => (belongsBelow(which, draft.side, draft.type) ? "below" : "above");
  for (const [which, level] of Object.entries({ sl, tp })) {
    if (entry && level > 0 && isOtherSide(which, draft, level, entry)) faults[which] = `Use a price ${where(which)} ${price(entry, spec)}.`;
  }
  if (market && draft.type !== "market" && asked > 0 && isOtherSide("price", draft, asked, market)) faults.price = `A ${draft.side} ${draft.type} waits ${where("price")} ${price(market, spec)}.`;
  let volume = read(draft.lots);
  if (draft.sizing === "risk") {
    if (!(risk > 0 && risk <= 10)) faults.size = "Use 0.01 to 10 %.";
    else if (!(sl > 0)) faults.size = "Needs a stop loss to reckon from.";
    volume = !faults.size && entry ? volumeFor(spec, (account.balance * risk) / 100, entry, sl) : NaN;
    if (!faults.size && volume === 0) faults.size = `Less than ${lots(spec.volume_min)} lots at this stop.`;
  } else if (!(volume >= spec.volume_min && volume <= spec.volume_max)) {
    faults.size = `Use ${lots(spec.volume_min)} to ${lots(spec.volume_max)} lots.`;
  } else if (Math.abs(volume / spec.volume_step - Math.round(volume / spec.volume_step)) > 1e-6) {
    faults.size = `Use whole steps of ${spec.volume_step} lots.`;
  }
  const known = volume > 0 && entry;
  const loss = known && sl > 0 ? result(spec, draft.side, volume, entry, sl) : null;
  const gain = known && tp > 0 ? result(spec, draft.side, volume, entry, tp) : null;
  const margin = volume > 0 && spec.margin_per_lot > 0 ? volume * spec.margin_per_lot : null;
  return {
    market, entry, sl, tp, volume, loss, gain, margin, faults,
    risk,
    lossPercent: loss === null ? null : (loss / account.balance) * 100,
    marginPercent: margin === null ? null : (margin / account.equity) * 100,
    freeAfter: margin === null ? null : account.margin_free - margin,
    slPips: entry && sl > 0 ? Math.abs(entry - sl) / pipSize(spec) : null,
    tpPips: entry && tp > 0 ? Math.abs(entry - tp) / pipSize(spec) : null,
    spread: quote ? (quote.ask - quote.bid) / pipSize(spec) : null,
  };
}

/** The body of POST /api/orders. */
export function bodyOf(draft, sums, spec, accountId) {
  const level = (which) => (sums[which] > 0 ? (draft.unit === "pips" ? { kind: "pips", value: read(draft[which]) } : sums[which]) : undefined);
  return {
    account_id: accountId,
    symbol: spec.name,
    side: draft.side,
    type: draft.type,
    ...(draft.sizing === "risk" ? { risk_pct: sums.risk } : { volume_lots: sums.volume }),
    price: draft.type === "market" ? undefined : sums.entry,
    sl: level("sl"),
    tp: level("tp"),
    client_order_id: crypto.randomUUID(),
  };
}

export const verb = (draft, volume, symbol) => `${draft.side === "buy" ? "Buy" : "Sell"} ${lots(volume)} ${symbol}${draft.type === "market" ? "" : ` ${draft.type}`}`;

/** Why nothing can be sent to this account now; empty when it can. */
export function barred(account) {
  if (!account.is_online) return "The account is offline: its agent or terminal does not answer.";
  if (!account.is_trade_allowed) return "The terminal may not trade: Algo Trading is off, or the log-in is read-only.";
  if (!account.is_enabled_for_trading) return "The account is switched off for trading.";
  if (account.kill_switch) return "The kill switch is on: no new entries.";
  return "";
}

function Big({ value, spec }) {
  if (!value) return <span className="px-price">{"\u2013"}</span>;
  const text = price(value, spec);
  const fine = spec.digits === 3 || spec.digits === 5 ? 1 : 0;
  const at = text.length - fine - 2;
  return <span className="px-price">{text.slice(0, at)}<b>{text.slice(at, at + 2)}</b>{fine > 0 && <sup>{text.slice(at + 2)}</sup>}</span>;
}

function Seg({ label, value, options, onChange, wide }) {
  return (
    <div className={wide ? "seg wide" : "seg"} role="radiogroup" aria-label={label}>
      {Object.entries(options).map(([key, word]) => (
        <button key={key} type="button" role="radio" aria-checked={value === key} onClick={() => onChange(key)}>{word}</button>
      ))}
    </div>
  );
}

function Field({ id, label, note, unit, value, fault, readOnly, onChange }) {
  return (
    <div className="field">
      <label htmlFor={id}>{label}{note && <span className="t3">{note}</span>}</label>
      <span className="input">
        <input id={id} inputMode="decimal" autoComplete="off" value={value} readOnly={readOnly} aria-invalid={fault ? "true" : undefined} aria-describedby={fault ? `${id}-fault` : undefined} onChange={(event) => onChange?.(event.target.value)} />
        {unit && <span className="unit">{unit}</span>}
      </span>
      {fault && <span className="err" id={`${id}-fault`}><Icon name="alert" size="xs" />{fault}</span>}
    </div>
  );
}

export function Ticket({ draft, change, spec, quote, sums, account, busy, answer, oneClick, onOneClick, onSend }) {
  const [tried, setTried] = useState(false);
  const stopped = barred(account);
  const isStale = quote && Date.now() - quote.ts > STALE_MS && Date.now() - quote.heard > STALE_MS;
  const fault = (name) => (tried || (draft[name === "size" ? "lots" : name] ?? "") !== "" ? sums.faults[name] : undefined);
  const currency = account.currency;
  const send = (side) => {
    setTried(true);
    onSend(side);
  };
  const tile = (side, value) => (
    <button type="button" className={`px ${side} ${draft.side === side ? "on" : ""}`} aria-pressed={oneClick ? undefined : draft.side === side} disabled={oneClick && (busy || stopped !== "")} aria-keyshortcuts={side[0]} onClick={() => (oneClick && draft.type === "market" ? send(side) : change({ side }))}>
      <span className="xs">{side === "buy" ? "Buy" : "Sell"}{oneClick && draft.type === "market" ? " now" : ""}</span>
      <Big value={value} spec={spec} />
    </button>
  );
  const unit = (value) => {
    const convert = (which) => {
      const level = sums[which];
      if (!(level > 0) || !sums.entry) return draft[which];
      return value === "pips" ? (Math.abs(sums.entry - level) / pipSize(spec)).toFixed(1) : level.toFixed(spec.digits);
    };
    if (value !== draft.unit) change({ unit: value, sl: convert("sl"), tp: convert("tp") });
  };
  const ratio = sums.loss && sums.gain ? sums.gain / -sums.loss : null;
  return (
    <section className="panel ticket" aria-label="Order ticket">
      <div className="panel-head">
        <h2>Order</h2><span className="count">{spec.name}</span>
        <span className="end"><Seg label="Order type" value={draft.type} options={{ market: "Market", limit: "Limit", stop: "Stop" }} onChange={(type) => change({ type, price: type !== "market" && !draft.price && sums.market ? sums.market.toFixed(spec.digits) : draft.price })} /></span>
      </div>
      <form className="panel-body ticket-form" onSubmit={(event) => { event.preventDefault(); send(draft.side); }} noValidate>
        <div className="tiles">
          {tile("sell", quote?.bid)}
          <span className="spread" title="Spread in pips">{pips(sums.spread)}<span className="sr"> pips spread</span></span>
          {tile("buy", quote?.ask)}
        </div>
        {(!quote || isStale) && <p className="xs warn-t row"><Icon name="clock" size="xs" />{quote ? "The price is older than a minute; the market may be closed." : "No price of this symbol yet."}</p>}
        {draft.type !== "market" && <Field id="ticket-price" label={`${draft.type === "limit" ? "Limit" : "Stop"} price`} value={draft.price} fault={fault("price")} onChange={(value) => change({ price: value })} />}
        <Seg label="Size by" wide value={draft.sizing} options={{ lots: "Lots", risk: "Risk %" }} onChange={(sizing) => change({ sizing })} />
        <div className="pair">
          {draft.sizing === "lots" && <Field id="ticket-lots" label="Volume" unit="lots" value={draft.lots} fault={fault("size")} onChange={(value) => change({ lots: value })} />}
          {draft.sizing === "lots" && <Field id="ticket-risk-shown" label="Risk" note="of the balance" unit="" value={sums.lossPercent === null ? "no stop loss" : percent(-sums.lossPercent)} readOnly />}
          {draft.sizing === "risk" && <Field id="ticket-risk" label="Risk" note="of the balance" unit="%" value={draft.risk} fault={fault("size")} onChange={(value) => change({ risk: value })} />}
          {draft.sizing === "risk" && <Field id="ticket-lots-shown" label="Volume" unit="lots" value={sums.volume > 0 ? lots(sums.volume) : "\u2013"} readOnly />}
        </div>
        <div className="row"><span className="sm t2 grow">Stop loss and take profit in</span><Seg label="Levels in" value={draft.unit} options={{ price: "Price", pips: "Pips" }} onChange={unit} /></div>
        <div className="pair">
          {["sl", "tp"].map((which) => (
            <Field key={which} id={`ticket-${which}`} label={which === "sl" ? "Stop loss" : "Take profit"} note={draft.unit === "price" ? (isFigure(sums[`${which}Pips`]) ? `${pips(sums[`${which}Pips`])} pips` : "") : sums[which] > 0 ? price(sums[which], spec) : ""} unit={draft.unit === "pips" ? "pips" : ""} value={draft[which]} fault={fault(which)} onChange={(value) => change({ [which]: value })} />
          ))}
        </div>
        {sums.loss !== null && (
          <div className="odds" aria-hidden="true">
            <span className="lose" style={{ flexGrow: Math.max(1, sums.slPips) }}>{money(sums.loss, currency, true)} {currency}</span>
            {sums.gain !== null && <span className="win" style={{ flexGrow: Math.max(1, sums.tpPips) }}>{money(sums.gain, currency, true)} {currency}</span>}
          </div>
        )}
        <dl className="sums">
          <div><dt>At the stop loss</dt><dd>{sums.loss === null ? <span className="warn-t">no stop loss</span> : <>{money(sums.loss, currency, true)} <span className="unit">{currency}</span> <span className="t3">{percent(sums.lossPercent, true)}</span></>}</dd></div>
          <div><dt>At the take profit</dt><dd>{sums.gain === null ? <span className="t3">none</span> : <>{money(sums.gain, currency, true)} <span className="unit">{currency}</span>{ratio !== null && <span className="t3"> {ratio.toFixed(2)} to 1</span>}</>}</dd></div>
          <div><dt>Margin needed</dt><dd>{sums.margin === null ? "\u2013" : <>{money(sums.margin, currency)} <span className="unit">{currency}</span> <span className="t3">{percent(sums.marginPercent)}</span></>}</dd></div>
          <div><dt>Free margin after</dt><dd className={sums.freeAfter !== null && sums.freeAfter < 0 ? "crit-t" : ""}>{sums.freeAfter === null ? "\u2013" : <>{money(sums.freeAfter, currency)} <span className="unit">{currency}</span></>}</dd></div>
        </dl>
        {sums.freeAfter !== null && sums.freeAfter < 0 && <div className="banner crit"><Icon name="triangle" size="s" /><span>Not enough free margin; the broker will refuse this.</span></div>}
        {ratio !== null && ratio < 1 && <div className="banner warn"><Icon name="triangle" size="s" /><span>Reward below risk: <b>{ratio.toFixed(2)} to 1</b></span></div>}
        {stopped && <div className="banner crit" role="status"><Icon name="ban" size="s" /><span>{stopped}</span></div>}
        {answer && <div className="banner crit" role="alert"><Icon name="x-circle" size="s" /><span><b>{answer.isDoubtful ? "No answer." : "Not sent."}</b> {answer.reason} <span className="mono xs">{answer.code}</span></span></div>}
        <button type="submit" className={`btn large wide trade ${draft.side}`} disabled={busy || stopped !== ""} aria-busy={busy} aria-keyshortcuts="Control+Enter">
          {busy && <Icon name="spinner" size="s" className="spin" />}
          {busy ? "Sending" : verb(draft, sums.volume > 0 ? sums.volume : NaN, spec.name)}
          <span className="kbd not-phone" aria-hidden="true">Ctrl Enter</span>
        </button>
        <label className="check xs one-click"><input type="checkbox" checked={oneClick} onChange={(event) => onOneClick(event.target.checked)} /><span className={oneClick ? "warn-t" : "t3"}>One-click trading {oneClick ? "is on: nothing is asked" : "(now it asks first)"}</span></label>
      </form>
    </section>
  );
}
