// All experts on all accounts: filters, rows, and what can be done to several at once.
import { Link } from "react-router";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";
import { lots, MISSING } from "$/public/external/forex_elite/ui/live/live/figures.js";
import { Age } from "$/public/external/forex_elite/ui/live/live/live.jsx";
import { Failed, Floating, Money, State, Waiting } from "./marks.jsx";
import { countOf, isBehind, nameOf, placeOf, useProofs } from "./words.js";

const TABS = [["", "All"], ["running", "Running"], ["paused", "Paused"], ["stopped", "Stopped"], ["unsettled", "Needs a look"]];
const ACTS = [["start", "play", "Start"], ["pause", "pause", "Pause"], ["stop", "stop", "Stop"], ["upgrade", "up", "Change version…"], ["roll-back", "undo", "Roll back…"]];

function RowActs({ row, onAct }) {
  const act = (kind, icon, word) => <button type="button" className="btn ghost square small" aria-label={`${word} ${nameOf(row)} on ${placeOf(row)}`} title={word} onClick={() => onAct(kind, [row])}><Icon name={icon} size="s" /></button>;
  return (
    <span className="row row-actions">
      {row.desired !== "running" && act("start", "play", "Start")}
      {row.desired === "running" && act("pause", "pause", "Pause")}
      {row.desired !== "stopped" && act("stop", "stop", "Stop")}
    </span>
  );
}

const Version = ({ row }) => (
  <span className="row">
    <span className="t2">v{row.version_number}</span>
    {isBehind(row) && <span className="badge warn" title={`Version ${row.actual_number} was last proven to run`}>v{row.actual_number} runs</span>}
  </span>
);

function Row({ row, proof, isChosen, onChoose, onOpen, onAct }) {
  return (
    <tr className="pick" aria-selected={isChosen} onClick={() => onOpen(row.id)}>
      <td onClick={(event) => event.stopPropagation()}><label className="check"><input type="checkbox" checked={isChosen} aria-label={`Choose ${nameOf(row)} on ${placeOf(row)}`} onChange={() => onChoose(row.id)} /></label></td>
      <td><button type="button" className="row-open md ell" data-row="" onClick={(event) => { event.stopPropagation(); onOpen(row.id); }}>{row.project_name}</button></td>
      <td><Version row={row} /></td>
      <td><div className="two-lines"><div>{row.account_login}</div><div className="t3 xs ell">{row.account_server}</div></div></td>
      <td><b className="md">{row.symbol}</b> <span className="t2">{row.timeframe}</span></td>
      <td className="num t2 mono">{row.magic ?? MISSING}</td>
      <td className="state-column"><State row={row} /></td>
      <td><Age at={proof} never="not yet" /></td>
      <td className="num">{row.result.open_positions ? <>{row.result.open_positions}<span className="unit">{lots(row.result.open_lots)} lots</span></> : <span className="t3">{MISSING}</span>}</td>
      <td className="num md">{row.result.open_positions ? <><Floating row={row} /><span className="unit">{row.result.currency}</span></> : <span className="t3">{MISSING}</span>}</td>
      <td className="num">{row.result.closed_trades ? <Money value={row.result.closed_result} currency={row.result.currency} /> : <span className="t3">{MISSING}</span>}</td>
      <td className="sticky-end" onClick={(event) => event.stopPropagation()}><RowActs row={row} onAct={onAct} /></td>
    </tr>
  );
}

function PhoneRow({ row, proof, isChosen, onChoose, onOpen, onAct }) {
  return (
    <div className="phone-row stacked">
      <div className="position-line">
        <label className="check"><input type="checkbox" checked={isChosen} aria-label={`Choose ${nameOf(row)} on ${placeOf(row)}`} onChange={() => onChoose(row.id)} /></label>
        <button type="button" className="grow row-open" onClick={() => onOpen(row.id)}>
          <span className="row"><b className="md ell">{row.project_name}</b><Version row={row} /></span>
          <span className="t3 xs own-line">{placeOf(row)}{row.magic === null ? "" : `, magic ${row.magic}`}</span>
        </button>
        <span className="num">{row.result.open_positions > 0 && <span className="md"><Floating row={row} /><span className="unit">{row.result.currency}</span></span>}<span className="own-line"><Age at={proof} never="not yet" /></span></span>
      </div>
      <div className="position-line"><State row={row} /><span className="end" /><RowActs row={row} onAct={onAct} /></div>
    </div>
  );
}

function Filters({ filter, projects, onFilter }) {
  return (
    <>
      <div className="tabs" role="group" aria-label="Deployments by what is wanted">
        {TABS.map(([key, word]) => <button key={key} type="button" className="tab" aria-pressed={filter.tab === key} onClick={() => onFilter({ ...filter, tab: key })}>{word}</button>)}
      </div>
      {projects.length > 1 && (
        <select className="input filter not-phone" aria-label="Expert" data-filter="" value={filter.project} onChange={(event) => onFilter({ ...filter, project: event.target.value })}>
          <option value="">Expert: all</option>
          {projects.map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}
        </select>
      )}
    </>
  );
}

function Selection({ rows, onAct, onCompare, onClear }) {
  const isOneProject = new Set(rows.map((row) => row.project_id)).size === 1;
  return (
    <div className="row wrap selection" role="group" aria-label="What to do with the chosen ones">
      <span className="md nowrap">{countOf(rows.length, "deployment")} chosen</span>
      {ACTS.map(([kind, icon, word]) => (
        <button key={kind} type="button" className="btn small" disabled={kind === "upgrade" && !isOneProject} title={kind === "upgrade" && !isOneProject ? "Choose deployments of one expert" : undefined} onClick={() => onAct(kind, rows)}><Icon name={icon} size="s" />{word}</button>
      ))}
      <button type="button" className="btn small" disabled={rows.length < 2} title={rows.length < 2 ? "Choose at least two" : undefined} onClick={onCompare}><Icon name="chart" size="s" />Compare</button>
      <button type="button" className="btn ghost small" onClick={onClear}>Clear</button>
    </div>
  );
}

function Nothing({ isFiltered, hasProjects, onFilter, onDeploy }) {
  if (isFiltered) {
    return <div className="empty"><Icon name="filter" /><h2>No deployment of this kind</h2><p>Other filters may show some.</p><div className="row"><button type="button" className="btn primary small" onClick={onFilter}>Show all</button></div></div>;
  }
  return (
    <div className="empty">
      <Icon name="rocket" />
      <h2>No expert runs on your accounts</h2>
      <p>{hasProjects ? "Choose a compiled version, accounts and a symbol; everything is checked before anything is sent." : "Write or generate an Expert Advisor in the studio and compile it; then it can be deployed from here."}</p>
      <div className="row">{hasProjects ? <button type="button" className="btn primary small" onClick={onDeploy}><Icon name="rocket" size="s" />Deploy an expert</button> : <Link className="btn primary small" to="/studio"><Icon name="code" size="s" />Open the studio</Link>}</div>
    </div>
  );
}

const HEADS = [["Expert"], ["Version"], ["Account"], ["Chart"], ["Magic", "num"], ["State"], ["Last proof"], ["Open", "num"], ["Floating", "num"], ["Closed", "num"]];

/** `page` holds rows, problem and the words of the pager; `chosen` is a set of ids. */
export function List({ page, filter, projects, chosen, onFilter, onChoose, onOpen, onAct, onDeploy, onCompare }) {
  const proofOf = useProofs();
  const { rows, problem } = page;
  const picked = (rows ?? []).filter((row) => chosen.has(row.id));
  const isFiltered = filter.tab !== "" || filter.project !== "";
  const shared = (row) => ({ row, proof: proofOf(row), isChosen: chosen.has(row.id), onChoose: (id) => onChoose([id]), onOpen, onAct });
  return (
    <section className="panel grow" aria-label="Deployments">
      <div className="panel-head">
        <h2 className="sr">All deployments</h2>
        {picked.length ? <Selection rows={picked} onAct={onAct} onCompare={() => onCompare(picked)} onClear={() => onChoose([...chosen])} /> : <Filters filter={filter} projects={projects} onFilter={onFilter} />}
        <span className="row end"><button type="button" className="btn primary small" onClick={onDeploy}><Icon name="rocket" size="s" />Deploy</button></span>
      </div>
      {problem && <Failed what="Deployments could not be loaded" problem={problem} onRetry={page.retry} />}
      {!rows && !problem && <Waiting rows={8} />}
      {rows?.length === 0 && <Nothing isFiltered={isFiltered} hasProjects={projects.length > 0} onFilter={() => onFilter({ tab: "", project: "" })} onDeploy={onDeploy} />}
      {rows?.length > 0 && (
        <>
          <div className="table-wrap grow not-phone" data-rows="" role="region" aria-label="Deployments, one a row" tabIndex={0}>
            <table>
              <thead>
                <tr>
                  <th scope="col"><label className="check"><input type="checkbox" aria-label="Choose all" checked={picked.length === rows.length} onChange={() => onChoose(rows.filter((row) => picked.length === rows.length || !chosen.has(row.id)).map((row) => row.id))} /></label></th>
                  {HEADS.map(([word, look]) => <th key={word} scope="col" className={look}>{word}</th>)}
                  <th scope="col" className="sticky-end"><span className="sr">Actions</span></th>
                </tr>
              </thead>
              <tbody>{rows.map((row) => <Row key={row.id} {...shared(row)} />)}</tbody>
            </table>
          </div>
          <div className="phone-rows only-phone">{rows.map((row) => <PhoneRow key={row.id} {...shared(row)} />)}</div>
        </>
      )}
      <div className="panel-foot">
        <span>{rows?.length ? `${page.first + 1} to ${page.first + rows.length}` : "No deployment"}</span>
        <span className="not-phone">Results as the terminals report them, since each was deployed, by magic number and symbol; floating ones follow the price.</span>
        <span className="row end">
          <button type="button" className="btn small" disabled={!page.hasNewer} onClick={page.newer}>Newer</button>
          <button type="button" className="btn small" disabled={!page.hasOlder} onClick={page.older}>Older</button>
        </span>
      </div>
    </section>
  );
}
