// Sends a test alert from the browser to the very webhook address TradingView would use, and shows the answer.
import { useState } from "react";
import { Link } from "react-router";
import { useHanded } from "$/public/external/forex_elite/ui/components/copying/handed.js";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";
import { address } from "$/public/external/forex_elite/ui/live/live/backend.js";

const WORDS = {
  accepted: ["up", "check", "Accepted: it is on its way to the agent."],
  duplicate: ["", "copy", "Duplicate: the same alert had come in before."],
  discarded: ["warn", "minus", "Discarded."],
  rejected: ["crit", "ban", "Rejected."],
};

export function TestAlert({ symbol: first = "EURUSD", comment, consequence, enabled }) {
  const secret = useHanded("webhook_secret");
  const [symbol, setSymbol] = useState(first);
  const [action, setAction] = useState("buy");
  const [lots, setLots] = useState("0.01");
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [answer, setAnswer] = useState(null);

  const send = async () => {
    setBusy(true);
    const body = { action, symbol, volume: Number(lots), sl: "20 pips", tp: "40 pips", comment, time: new Date().toISOString() };
    const began = performance.now();
    try {
      const reply = await fetch(address(`/webhooks/tv/${secret}`), { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
      const took = Math.round(performance.now() - began);
      const told = await reply.json().catch(() => ({}));
      setAnswer({ http: reply.status, took, status: told.status ?? told.code ?? "", reason: told.reason ?? told.detail ?? "", id: told.signal_id });
    } catch {
      setAnswer({ http: 0, took: Math.round(performance.now() - began), status: "unreachable", reason: "The server did not answer." });
    }
    setBusy(false);
    setAsked(false);
  };
  const [tone, icon, words] = WORDS[answer?.status] ?? ["crit", "x-circle", "It was not taken in."];
  return (
    <div className="stack">
      <div className="form-grid narrow">
        <div className="field"><label htmlFor="test-symbol">Symbol</label><input id="test-symbol" className="input" value={symbol} maxLength={32} onChange={(event) => setSymbol(event.target.value.toUpperCase())} /></div>
        <div className="field">
          <label htmlFor="test-action">Action</label>
          <select id="test-action" className="input" value={action} onChange={(event) => setAction(event.target.value)}>
            <option value="buy">Buy</option><option value="sell">Sell</option><option value="close">Close</option>
          </select>
        </div>
        <div className="field"><label htmlFor="test-lots">Volume</label><span className="input"><input id="test-lots" value={lots} inputMode="decimal" onChange={(event) => setLots(event.target.value)} /><span className="unit">lots</span></span></div>
      </div>
      {!asked && (
        <div className="row wrap">
          <button type="button" className="btn" disabled={!secret || !symbol || !(Number(lots) > 0)} onClick={() => { setAsked(true); setAnswer(null); }}><Icon name="send" size="s" />Send test alert</button>
          <span className="t3 xs grow">Goes through the very door TradingView uses.</span>
        </div>
      )}
      {asked && (
        <div className="banner warn" role="alertdialog" aria-label="Send the test alert?">
          <Icon name="triangle" size="s" />
          <div className="grow">
            <b>This is a real order.</b> {action === "close" ? "Closes what this strategy has open there." : consequence} {!enabled && "The strategy is switched off, so it will be discarded."}
            <div className="row wrap banner-acts">
              <button type="button" className="btn primary small" aria-busy={busy} disabled={busy} onClick={send}>{busy && <Icon name="spinner" size="s" className="spin" />}{`Send ${action} ${lots} ${symbol}`}</button>
              <button type="button" className="btn small" onClick={() => setAsked(false)}>Do not send</button>
            </div>
          </div>
        </div>
      )}
      <div role="status">
        {answer && (
          <div className={`banner ${tone === "up" ? "ok" : tone}`}>
            <Icon name={icon} size="s" />
            <div className="grow">
              <b>{words}</b> {answer.reason}
              <div className="t3 xs">HTTP {answer.http || "–"} · answered in {answer.took} ms{answer.id && <> · <Link className="link" to={`/signals?id=${answer.id}`}>See what becomes of it</Link></>}</div>
            </div>
          </div>
        )}
      </div>
    </div>
  );
}
