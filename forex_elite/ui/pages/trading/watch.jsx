// The account's symbols with bid, ask and spread; the field finds any of them, Enter takes the first.
import { useEffect, useRef } from "react";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";
import { LivePrice } from "$/public/external/forex_elite/ui/live/live/live.jsx";
import { subscribe } from "$/public/external/forex_elite/ui/live/live/socket.js";
import { MISSING, pips, pipSize } from "./figures.js";

const SHOWN = 24;

function Spread({ spec }) {
  const node = useRef(null);
  useEffect(
    () =>
      subscribe(`prices:${spec.name}`, (quote) => {
        if (node.current && quote?.bid > 0) node.current.textContent = pips((quote.ask - quote.bid) / pipSize(spec));
      }),
    [spec.name],
  );
  return <span ref={node}>{MISSING}</span>;
}

export function Watch({ symbols, total, search, onSearch, chosen, onChoose }) {
  const shown = symbols.slice(0, SHOWN);
  const press = (event) => {
    if (event.key === "Enter" && shown.length) {
      event.preventDefault();
      onChoose(shown[0].name);
      event.target.select();
    }
    if (event.key === "Escape") onSearch("");
  };
  return (
    <section className="panel watch" aria-label="Symbols">
      <div className="panel-head">
        <h2>Symbols</h2>
        <label className="input watch-search"><Icon name="search" size="s" /><input type="search" data-filter="" aria-label="Find a symbol" placeholder="Find" value={search} maxLength={32} onChange={(event) => onSearch(event.target.value)} onKeyDown={press} /></label>
      </div>
      <div className="table-wrap grow" tabIndex={0} role="region" aria-label="Symbols, bid, ask and spread in pips">
        <table className="compact">
          <thead><tr><th scope="col">Symbol</th><th scope="col" className="num">Bid</th><th scope="col" className="num">Ask</th><th scope="col" className="num">Pips</th></tr></thead>
          <tbody>
            {shown.map((spec) => (
              <tr key={spec.name} aria-current={spec.name === chosen ? "true" : undefined}>
                <td><button type="button" className="row-open md" aria-pressed={spec.name === chosen} onClick={() => onChoose(spec.name)}>{spec.name}</button></td>
                <td className="num quote-cell"><LivePrice symbol={spec.name} digits={spec.digits} price="bid" /></td>
                <td className="num quote-cell"><LivePrice symbol={spec.name} digits={spec.digits} price="ask" /></td>
                <td className="num t3"><Spread spec={spec} /></td>
              </tr>
            ))}
          </tbody>
        </table>
        {!shown.length && <div className="empty"><h2>No symbol is called “{search}”</h2><p>Try a currency, such as EUR or XAU.</p></div>}
      </div>
      {total > shown.length && <div className="panel-foot">{shown.length} of {total.toLocaleString("en-US")}; find the others by name.</div>}
    </section>
  );
}
