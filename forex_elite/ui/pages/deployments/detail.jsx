// One deployment: what is wanted and what is, its positions and results, its log, its tests, and who did what when.
import { useState } from "react";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";
import { lots, MISSING, money, percent, price, tone } from "$/public/external/forex_elite/ui/live/live/figures.js";
import { Age, LivePrice } from "$/public/external/forex_elite/ui/live/live/live.jsx";
import { useServer } from "$/public/external/forex_elite/ui/live/live/server.js";
import { Backtests } from "./backtests.jsx";
import { Log } from "./log.jsx";
import { Failed, Floating, Money, State, Waiting } from "./marks.jsx";
import { countOf, eventOf, limitsOf, nameOf, provenOf, timeIn, useProofs, zoneWord } from "./words.js";

function Head({ row, proof, onBack, onAct, onInputs }) {
  const act = (kind, icon, word, look = "") => <button type="button" className={`btn small ${look}`} onClick={() => onAct(kind, [row])}><Icon name={icon} size="s" />{word}</button>;
  return (
    <section className="panel" aria-label="The deployment">
      <div className="panel-head wraps">
        <button type="button" className="btn ghost square small" aria-label="All deployments" title="All deployments" onClick={onBack}><Icon name="down" size="s" className="to-left" /></button>
        <h2 className="ell">{nameOf(row)}</h2>
        <State row={row} />
        <span className="row end wrap">
          {row.desired !== "running" && act("start", "play", "Start", "primary")}
          {row.desired === "running" && act("pause", "pause", "Pause")}
          {row.desired !== "stopped" && act("stop", "stop", "Stop", "danger-line")}
          <button type="button" className="btn small" onClick={onInputs}><Icon name="sliders" size="s" />Inputs</button>
          {act("upgrade", "up", "Change version")}
          {act("roll-back", "undo", "Roll back")}
        </span>
      </div>
      <dl className="facts">
        <div><dt>Account</dt><dd>{row.account_login}<span className="t3 xs own-line">{row.account_server}</span></dd></div>
        <div><dt>Chart</dt><dd>{row.symbol} {row.timeframe}<span className="t3 xs own-line">{row.expert}</span></dd></div>
        <div><dt>Magic number</dt><dd className="mono">{row.magic ?? MISSING}</dd></div>
        <div><dt>Wanted, really</dt><dd>{row.desired}, {row.actual}<span className="t3 xs own-line">{provenOf(row)}</span></dd></div>
        <div><dt>Last proof of life</dt><dd><Age at={proof} never="not yet" /><span className="t3 xs own-line">{row.agent_name || "no agent"}{row.is_agent_online ? "" : ", offline"}</span></dd></div>
        <div><dt>Floating</dt><dd className="sb">{row.result.open_positions ? <><Floating row={row} /><span className="unit">{row.result.currency}</span></> : MISSING}<span className="t3 xs own-line">{countOf(row.result.open_positions, "position")}{row.result.open_positions ? `, ${lots(row.result.open_lots)} lots` : ""}</span></dd></div>
        <div><dt>Closed</dt><dd className="sb"><Money value={row.result.closed_result} currency={row.result.currency} /><span className="t3 xs own-line">{countOf(row.result.closed_trades, "trade")}{row.result.win_rate === null ? "" : `, ${percent(row.result.win_rate * 100)} won`}</span></dd></div>
      </dl>
    </section>
  );
}

function Positions({ row, zone }) {
  const [closed, setClosed] = useState(false);
  const place = `account_id=${row.account_id}&symbol=${encodeURIComponent(row.symbol)}`;
  const path = row.magic === null ? "" : closed ? `/api/trades?open=false&${place}&magic=${row.magic}&from=${encodeURIComponent(row.created_at)}&limit=50` : `/api/trades?open=true&${place}&limit=200`;
  const { data, problem, retry } = useServer(path, ["trades"]);
  const items = data?.items.filter((one) => one.magic === row.magic);
  const digits = { digits: Math.max(0, ...(items ?? []).flatMap((one) => [one.open_price, one.close_price, one.current_price]).map((one) => (String(one ?? "").split(".")[1] ?? "").length)) };
  return (
    <section className="panel" aria-label="Positions">
      <div className="panel-head">
        <div className="tabs" role="group" aria-label="Positions by magic number">
          <button type="button" className="tab" aria-pressed={!closed} onClick={() => setClosed(false)}>Open</button>
          <button type="button" className="tab" aria-pressed={closed} onClick={() => setClosed(true)}>Closed</button>
        </div>
      </div>
      {row.magic === null && <p className="panel-body t3 sm">No magic number is known: its trades cannot be told from others.</p>}
      {problem && <Failed what="Positions could not be loaded" problem={problem} onRetry={retry} />}
      {path && !data && !problem && <Waiting rows={2} />}
      {items?.length === 0 && <p className="panel-body t3 sm">{closed ? "It has closed no trade since it was deployed." : "It holds no position."}</p>}
      {items?.length > 0 && (
        <div className="table-wrap part-scroll" role="region" aria-label={closed ? "Closed trades" : "Open positions"} tabIndex={0}>
          <table className="compact">
            <thead><tr><th scope="col">{closed ? `Closed, ${zoneWord(zone)}` : "Side"}</th><th scope="col" className="num">Lots</th><th scope="col" className="num">Open</th><th scope="col" className="num">{closed ? "Close" : "Now"}</th><th scope="col" className="num">P&L, {row.result.currency}</th></tr></thead>
            <tbody>
              {items.map((one) => (
                <tr key={one.id}>
                  <td><span className="row">{closed && <span className="t2">{timeIn(zone, one.close_time)}</span>}<span className={`side ${one.side === "buy" ? "up" : "down"}`}>{one.side === "buy" ? "Buy" : "Sell"}</span></span></td>
                  <td className="num">{lots(one.volume)}</td>
                  <td className="num t2">{price(one.open_price, digits)}</td>
                  <td className="num">{closed ? price(one.close_price, digits) : <LivePrice symbol={row.symbol} digits={digits.digits} price={one.side === "buy" ? "bid" : "ask"} fallback={price(one.current_price, digits)} />}</td>
                  <td className={`num md ${tone(one.profit + one.swap + one.commission)}`}>{money(one.profit + one.swap + one.commission, row.result.currency, true)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Settings({ row }) {
  const inputs = Object.entries(row.inputs);
  const limits = limitsOf(row.limits, row.result.currency);
  return (
    <section className="panel" aria-label="Inputs and limits">
      <div className="panel-head"><h2>Inputs and limits</h2></div>
      <div className="panel-body stack tight">
        {inputs.length ? <dl className="pairs">{inputs.map(([name, value]) => <div key={name} className="pair-row"><dt className="mono">{name}</dt><dd>{String(value)}</dd></div>)}</dl> : <p className="t3 sm">All inputs are as in the source.</p>}
        <p className="sm">{limits.length ? `Paused at: ${limits.join("; ")}.` : <span className="t3">No limits are set.</span>}</p>
      </div>
    </section>
  );
}

function History({ row, zone }) {
  const [cursors, setCursors] = useState([]);
  const cursor = cursors.at(-1);
  const { data, problem, retry } = useServer(`/api/ea/deployments/${row.id}/events?limit=20${cursor ? `&cursor=${cursor}` : ""}`, ["deployments"], (told) => told.id === row.id);
  return (
    <section className="panel" aria-label="History">
      <div className="panel-head"><h2>Who did what</h2><span className="count">{zoneWord(zone)}</span></div>
      {problem && <Failed what="The history could not be loaded" problem={problem} onRetry={retry} />}
      {!data && !problem && <Waiting rows={3} />}
      <ul className="lines events">
        {data?.items.map((event) => {
          const { word, detail, tone: look, icon } = eventOf(event);
          return (
            <li key={event.id}>
              <span className={`badge ${look}`}><Icon name={icon} size="xs" />{word}</span>
              <span className="grow sm">{detail && <span className="t2 wrap-any">{detail}</span>}<span className="t3 xs own-line">{timeIn(zone, event.at)} by {event.actor_name || (event.kind === "limit_reached" ? "the server" : "the agent")}</span></span>
            </li>
          );
        })}
      </ul>
      {(cursors.length > 0 || data?.next_cursor) && (
        <div className="panel-foot"><span className="row end">
          <button type="button" className="btn small" disabled={!cursors.length} onClick={() => setCursors((old) => old.slice(0, -1))}>Newer</button>
          <button type="button" className="btn small" disabled={!data?.next_cursor} onClick={() => setCursors((old) => [...old, data.next_cursor])}>Older</button>
        </span></div>
      )}
    </section>
  );
}

export function Detail({ id, zone, onBack, onAct, onInputs }) {
  const proofOf = useProofs();
  const { data: row, problem, retry } = useServer(`/api/ea/deployments/${id}`, ["deployments", "trades", "agents"]);
  if (problem && !row) {
    return (
      <section className="panel">
        <Failed what="This deployment could not be loaded" problem={problem} onRetry={retry} />
        <div className="panel-body"><button type="button" className="btn small" onClick={onBack}>All deployments</button></div>
      </section>
    );
  }
  if (!row) return <section className="panel"><Waiting rows={8} /></section>;
  return (
    <>
      <Head row={row} proof={proofOf(row)} onBack={onBack} onAct={onAct} onInputs={() => onInputs(row)} />
      <div className="deployment-body">
        <div className="col gutter">
          <Log row={row} zone={zone} />
          <Backtests row={row} />
        </div>
        <div className="col gutter">
          <Positions row={row} zone={zone} />
          <Settings row={row} />
          <History row={row} zone={zone} />
        </div>
      </div>
    </>
  );
}
