// Deployments side by side: what they have come to, and where they differ.
import { Dialog } from "$/public/external/forex_elite/ui/components/dialog/dialog.jsx";
import { isFigure, lots, MISSING, money, percent, tone } from "$/public/external/forex_elite/ui/live/live/figures.js";
import { span } from "$/public/external/forex_elite/ui/live/live/live.jsx";
import { useServer } from "$/public/external/forex_elite/ui/live/live/server.js";
import { Failed, Floating, State, Waiting } from "./marks.jsx";
import { placeOf } from "./words.js";

const plain = (value) => (isFigure(value) ? value.toFixed(2) : MISSING);
const FIGURES = [
  ["Version", (row) => `v${row.version_number}`],
  ["State", (row) => <State row={row} noted={false} />],
  ["Deployed", (row) => `${span((Date.now() - Date.parse(row.created_at)) / 1000)} ago`],
  ["Closed trades", (row) => row.result.closed_trades.toLocaleString("en-US")],
  ["Closed result", (row) => <><span className={tone(row.result.closed_result)}>{money(row.result.closed_result, row.result.currency, true)}</span><span className="unit">{row.result.currency}</span></>],
  ["A trade", (row) => (row.result.closed_trades ? <>{money(row.result.closed_result / row.result.closed_trades, row.result.currency, true)}<span className="unit">{row.result.currency}</span></> : MISSING)],
  ["Won", (row) => (row.result.win_rate === null ? MISSING : percent(row.result.win_rate * 100))],
  ["Profit factor", (row) => plain(row.result.profit_factor)],
  ["Open now", (row) => (row.result.open_positions ? `${row.result.open_positions}, ${lots(row.result.open_lots)} lots` : MISSING)],
  ["Floating", (row) => (row.result.open_positions ? <><Floating row={row} /><span className="unit">{row.result.currency}</span></> : MISSING)],
];

/** Inputs that are not the same everywhere; one that is left out is as in the source. */
function differing(rows) {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row.inputs)))];
  return names.filter((name) => new Set(rows.map((row) => String(row.inputs[name] ?? ""))).size > 1);
}

export function CompareDialog({ ids, onClose }) {
  const { data, problem, retry } = useServer(ids ? `/api/ea/deployments/compare?${ids.map((id) => `ids=${id}`).join("&")}` : "", ["deployments", "trades"]);
  const rows = data?.items ?? [];
  const inputs = differing(rows);
  return (
    <Dialog open={ids !== null} title="Side by side" icon="chart" kind="modal wide" onClose={onClose}>
      <div className="modal-body">
        {problem && <Failed what="They could not be compared" problem={problem} onRetry={retry} />}
        {!data && !problem && <Waiting />}
        {rows.length > 0 && (
          <div className="table-wrap compared" role="region" aria-label="Deployments side by side" tabIndex={0}>
            <table className="compact">
              <thead><tr><th scope="col"><span className="sr">Figure</span></th>{rows.map((row) => <th key={row.id} scope="col" className="num"><b>{row.project_name}</b><span className="own-line">{placeOf(row)}</span></th>)}</tr></thead>
              <tbody>
                {FIGURES.map(([name, figure]) => <tr key={name}><th scope="row" className="plain-head">{name}</th>{rows.map((row) => <td key={row.id} className="num">{figure(row)}</td>)}</tr>)}
                {inputs.map((name) => <tr key={name}><th scope="row" className="plain-head mono">{name}</th>{rows.map((row) => <td key={row.id} className="num">{row.inputs[name] === undefined ? <span className="t3">as in the source</span> : String(row.inputs[name])}</td>)}</tr>)}
              </tbody>
            </table>
          </div>
        )}
        <p className="hint t3 xs">Since each was deployed, by magic number and symbol, as the terminals report it. Amounts in different currencies do not compare.</p>
      </div>
      <div className="modal-foot"><button type="button" className="btn primary" onClick={onClose}>Close</button></div>
    </Dialog>
  );
}
