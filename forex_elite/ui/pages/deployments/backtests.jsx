// Tests of a deployment in MetaTrader's Strategy Tester: start one, and its report beside what really happened.
import { useEffect, useState } from "react";
import { Dialog } from "$/public/external/forex_elite/ui/components/dialog/dialog.jsx";
import { EquityCurve } from "$/public/external/forex_elite/ui/components/curve/curve.jsx";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";
import { address, messages, send } from "$/public/external/forex_elite/ui/live/live/backend.js";
import { isFigure, MISSING, money, percent, read, tone } from "$/public/external/forex_elite/ui/live/live/figures.js";
import { Age } from "$/public/external/forex_elite/ui/live/live/live.jsx";
import { toast, useServer } from "$/public/external/forex_elite/ui/live/live/server.js";
import { Select, Text } from "./fields.jsx";
import { Failed, Waiting } from "./marks.jsx";
import { countOf } from "./words.js";

const MODELS = [["0", "Every tick"], ["4", "Every tick, from real ones"], ["1", "One-minute bars"], ["2", "Open prices only"]];
const STATUS = { pending: ["info", "clock", "Waits"], running: ["info", "clock", "Runs"], completed: ["up", "check", "Done"], failed: ["crit", "x-circle", "Failed"] };
const DAY_MS = 86_400_000;

const day = (at) => new Date(at).toISOString().slice(0, 10);
const modelOf = (model) => MODELS.find(([key]) => key === String(model))?.[1] ?? model;
const spanOf = ({ from_date: from, to_date: to }) => `${from} to ${to}`;

function StartDialog({ row, open, onClose, onStarted }) {
  const [form, setForm] = useState(null);
  const [errors, setErrors] = useState({});
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    if (open) {
      setForm({ from_date: day(Date.now() - 90 * DAY_MS), to_date: day(Date.now()), deposit: "10000", leverage: "100", model: "1" });
      setErrors({});
    }
  }, [open]);
  const set = (name) => (value) => setForm((old) => ({ ...old, [name]: value }));
  const start = async (event) => {
    event.preventDefault();
    setBusy(true);
    const body = { ...form, deposit: read(form.deposit), leverage: Number(form.leverage), model: Number(form.model), currency: row.result.currency };
    const answer = await send("POST", `/api/ea/deployments/${row.id}/backtests`, body);
    setBusy(false);
    if (!answer.ok) return setErrors(messages(answer.body));
    toast("info", "Test sent", `${row.agent_name} runs it beside the terminal; its report appears here.`);
    onStarted(answer.body.id);
    return onClose();
  };
  return (
    <Dialog open={open} title={`Test ${row.project_name} v${row.version_number}`} icon="chart" onClose={onClose}>
      {form && (
        <form onSubmit={start}>
          <div className="modal-body">
            <p className="sm">{row.symbol} {row.timeframe}, with the inputs it is deployed with, in a copy of the terminal: the one that trades is not touched.</p>
            {errors[""] && <Failed what="The test was not started" problem={{ detail: errors[""], code: "" }} />}
            <div className="form-grid pair">
              <Text label="From" type="date" value={form.from_date} error={errors.from_date} onChange={set("from_date")} />
              <Text label="Up to, excluded" type="date" value={form.to_date} error={errors.to_date} onChange={set("to_date")} />
              <Text label="Deposit" inputMode="decimal" unit={row.result.currency} value={form.deposit} error={errors.deposit} onChange={set("deposit")} />
              <Text label="Leverage, 1 to" inputMode="numeric" value={form.leverage} error={errors.leverage} onChange={set("leverage")} />
            </div>
            <Select label="Prices" value={form.model} onChange={set("model")} hint="Days are the broker's. Every tick takes longest and is closest to reality.">{MODELS.map(([key, word]) => <option key={key} value={key}>{word}</option>)}</Select>
          </div>
          <div className="modal-foot">
            <button type="button" className="btn" onClick={onClose}>Cancel</button>
            <button type="submit" className="btn primary" aria-busy={busy} disabled={busy}>{busy && <Icon name="spinner" size="s" className="spin" />}Start test</button>
          </div>
        </form>
      )}
    </Dialog>
  );
}

/** Figures of the report in the order traders look for them; what else it holds comes after. */
const FIRST = ["Total Net Profit", "Profit Factor", "Total Trades", "Profit Trades (% of total) %", "Balance Drawdown Maximal", "Balance Drawdown Maximal %", "Equity Drawdown Maximal", "Equity Drawdown Maximal %", "Expected Payoff", "Recovery Factor", "Sharpe Ratio", "Gross Profit", "Gross Loss"];
const MONEY = /profit$|loss$|drawdown|deposit|payoff/i;

function written(name, value, currency) {
  if (name.endsWith("%")) return percent(value);
  if (MONEY.test(name) && !/factor|trades/i.test(name)) return `${money(value, currency)} ${currency}`;
  return value.toLocaleString("en-US", { maximumFractionDigits: 2 });
}

const Figures = ({ names, figures, currency }) => <dl className="pairs">{names.map((name) => <div key={name} className="pair-row"><dt>{name}</dt><dd>{written(name, figures[name], currency)}</dd></div>)}</dl>;

function Beside({ row, report }) {
  const { figures } = report;
  const { result } = row;
  const share = (value) => (isFigure(value) ? percent(value) : MISSING);
  const plain = (value) => (isFigure(value) ? value.toFixed(2) : MISSING);
  const lines = [
    ["Trades", figures["Total Trades"]?.toLocaleString("en-US") ?? MISSING, result.closed_trades.toLocaleString("en-US")],
    [`Net result, ${result.currency}`, money(figures["Total Net Profit"], result.currency, true), money(result.closed_result, result.currency, true)],
    ["Won", share(figures["Profit Trades (% of total) %"]), share(result.win_rate === null ? null : result.win_rate * 100)],
    ["Profit factor", plain(figures["Profit Factor"]), plain(result.profit_factor)],
  ];
  return (
    <div className="table-wrap" role="region" aria-label="The test beside the deployment" tabIndex={0}>
      <table className="compact">
        <thead><tr><th scope="col">Beside what happened</th><th scope="col" className="num">Test</th><th scope="col" className="num">Deployed</th></tr></thead>
        <tbody>{lines.map(([name, tested, real]) => <tr key={name}><th scope="row" className="plain-head">{name}</th><td className="num">{tested}</td><td className="num">{real}</td></tr>)}</tbody>
      </table>
    </div>
  );
}

function Report({ id, row }) {
  const { data: test, problem, retry } = useServer(`/api/ea/backtests/${id}`, ["deployments", "jobs"], (data) => data.id === row.id || data.id === test?.job_id);
  if (problem) return <Failed what="The test could not be loaded" problem={problem} onRetry={retry} />;
  if (!test) return <Waiting rows={5} />;
  const { terms, report } = test;
  const head = <p className="t2 sm test-terms">v{test.version_number} on {test.symbol} {test.timeframe}, {spanOf(terms)} (broker's days), {money(terms.deposit, terms.currency)} {terms.currency} at 1:{terms.leverage}, {String(modelOf(terms.model)).toLowerCase()}</p>;
  if (test.status === "failed") return <>{head}<Failed what="The test failed" problem={{ detail: test.reason, code: test.code }} /></>;
  if (!report) return <>{head}<div className="empty" role="status"><Icon name="spinner" className="spin" /><h3>{test.status === "running" ? "The tester is at it" : `Waits for ${row.agent_name}`}</h3><p>{row.is_agent_online ? "This may take minutes; the page need not stay open." : "The agent is offline; the test begins when it is back."}</p></div></>;
  const points = report.curve.map((point) => ({ value: point.balance, day: point.at.slice(0, 10), words: `${point.at} broker time: balance ${money(point.balance, terms.currency)} ${terms.currency}` }));
  const names = FIRST.filter((name) => name in report.figures);
  const others = Object.keys(report.figures).filter((name) => !FIRST.includes(name));
  return (
    <>
      {head}
      <EquityCurve points={points} label={`Balance of the test from ${money(terms.deposit, terms.currency)} to ${money(points.at(-1)?.value, terms.currency)} ${terms.currency}`} />
      <div className="test-halves">
        <Figures names={names} figures={report.figures} currency={terms.currency} />
        <Beside row={row} report={report} />
      </div>
      {others.length > 0 && <details className="test-more"><summary>{countOf(others.length, "more figure")} of the report</summary><Figures names={others} figures={report.figures} currency={terms.currency} /></details>}
      {test.has_file && <div className="panel-foot"><span>Took {report.took_s.toFixed(0)} s</span><a className="btn small end" href={address(`/api/ea/backtests/${id}/report`)} download="report.htm"><Icon name="download" size="s" />Report as MetaTrader wrote it</a></div>}
    </>
  );
}

export function Backtests({ row }) {
  const { data, problem, retry } = useServer(`/api/ea/deployments/${row.id}/backtests`, ["deployments", "jobs"]);
  const [chosen, setChosen] = useState("");
  const [asks, setAsks] = useState(false);
  const items = data?.items ?? [];
  const shown = items.find((one) => one.id === chosen) ?? items[0];
  return (
    <section className="panel" aria-label="Tests">
      <div className="panel-head">
        <h2>Strategy Tester</h2><span className="count">{items.length || ""}</span>
        <span className="row end"><button type="button" className="btn small" onClick={() => setAsks(true)}><Icon name="play" size="s" />New test</button></span>
      </div>
      {problem && <Failed what="Tests could not be loaded" problem={problem} onRetry={retry} />}
      {!data && !problem && <Waiting rows={3} />}
      {data && !items.length && <div className="empty"><Icon name="chart" /><h3>Not tested yet</h3><p>MetaTrader's own tester replays history with this version and these inputs; its report is kept here beside what really happened.</p></div>}
      {items.length > 1 && (
        <ul className="lines tests-list">
          {items.map((one) => {
            const [look, icon, word] = STATUS[one.status] ?? STATUS.pending;
            const net = one.report?.figures["Total Net Profit"];
            return (
              <li key={one.id} aria-current={one.id === shown.id ? "true" : undefined}>
                <button type="button" className="grow row-open" onClick={() => setChosen(one.id)}>v{one.version_number}, {spanOf(one.terms)}</button>
                {isFigure(net) && <span className={tone(net)}>{money(net, one.terms.currency, true)}<span className="unit">{one.terms.currency}</span></span>}
                <span className={`badge ${look}`}><Icon name={icon} size="xs" />{word}</span>
                <Age at={one.created_at} plain />
              </li>
            );
          })}
        </ul>
      )}
      {shown && <Report key={shown.id} id={shown.id} row={row} />}
      <StartDialog row={row} open={asks} onClose={() => setAsks(false)} onStarted={(id) => { setChosen(id); retry(); }} />
    </section>
  );
}
