// What can be done to deployments: asked about where it does harm, carried out one by one, and told account by account.
import { useEffect, useState } from "react";
import { InputsForm } from "$/public/external/forex_elite/ui/components/editor/inputs.jsx";
import { problemOf, valueOf } from "$/public/external/forex_elite/ui/components/editor/values.js";
import { Dialog } from "$/public/external/forex_elite/ui/components/dialog/dialog.jsx";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";
import { messages, send } from "$/public/external/forex_elite/ui/live/live/backend.js";
import { money } from "$/public/external/forex_elite/ui/live/live/figures.js";
import { toast, useServer } from "$/public/external/forex_elite/ui/live/live/server.js";
import { Limits, limitProblems, limitTexts, limitValues, Select } from "./fields.jsx";
import { asForm, asText, asValues } from "./inputs.js";
import { Failed, State, Waiting } from "./marks.jsx";
import { countOf, nameOf, placeOf } from "./words.js";

const WORDS = {
  start: { verb: "Start", title: "Start", done: "Start sent" },
  pause: { verb: "Pause", title: "Pause", done: "Pause sent", keep: "Keep running" },
  stop: { verb: "Stop", title: "Stop", done: "Stop sent", keep: "Keep running" },
  upgrade: { verb: "Change version", title: "Change the version of", done: "Version changed", keep: "Keep the version" },
  "roll-back": { verb: "Roll back", title: "Roll back", done: "Rolled back", keep: "Keep the version" },
  inputs: { verb: "Save and restart", title: "Inputs and limits of", done: "Inputs changed" },
};
const COMMANDS = new Set(["start", "pause", "stop"]);

const refused = (row, body) => ({ id: row.id, code: body.code ?? "failed", reason: Object.values(messages(body)).join(" ") });

/** Do it; resolves to one result for each row, an empty code where it was sent. */
async function carryOut(kind, rows, change) {
  if (COMMANDS.has(kind)) {
    const answer = await send("POST", "/api/ea/deployments/commands", { ids: rows.map((row) => row.id), command: kind });
    return answer.ok ? answer.body.items.map((one) => ({ id: one.deployment_id, code: one.code, reason: one.reason })) : rows.map((row) => refused(row, answer.body));
  }
  const results = [];
  for (const row of rows) {
    const path = `/api/ea/deployments/${row.id}`;
    const answer = kind === "roll-back" ? await send("POST", `${path}/roll-back`) : await send("PATCH", path, change);
    results.push(answer.ok ? { id: row.id, code: "", reason: "" } : refused(row, answer.body));
  }
  return results;
}

function consequences(kind, rows) {
  const running = rows.filter((row) => row.desired === "running").length;
  const open = rows.reduce((sum, row) => sum + row.result.open_positions, 0);
  const floating = Object.entries(rows.reduce((sums, { result }) => (result.open_positions ? { ...sums, [result.currency]: (sums[result.currency] ?? 0) + result.floating } : sums), {}));
  const held = open ? `${countOf(open, "position")} (${floating.map(([currency, sum]) => `${money(sum, currency, true)} ${currency}`).join(", ")})` : "";
  if (kind === "pause" || kind === "stop") {
    return [
      kind === "pause" ? "The chart stays without the expert; starting goes on from there." : "The expert and its chart are removed from the terminal.",
      open ? `${held} stay open with the stops they have at the broker; nobody manages them until the expert runs again or you close them.` : "No position of these experts is open.",
    ];
  }
  return [
    running ? `${countOf(running, "running expert")} ${running === 1 ? "is" : "are"} restarted with it: what the program keeps in memory is lost.` : "Nothing is running; it counts from the next start.",
    ...(open ? [`${held} stay open. Whether the other version manages them is up to its code.`] : []),
  ];
}

/** What became of it, account by account, followed until the agents have answered. */
export function Results({ kind, rows, results }) {
  const path = `/api/ea/deployments/compare?${rows.map((row) => `ids=${row.id}`).join("&")}`;
  const { data } = useServer(path, ["deployments", "agents"]);
  const now = new Map((data?.items ?? rows).map((row) => [row.id, row]));
  const sent = results.filter((one) => !one.code).length;
  return (
    <>
      <p role="status">{WORDS[kind].done} on {sent} of {countOf(results.length, "account")}{sent < results.length ? `; ${results.length - sent} refused` : ""}.</p>
      <ul className="lines boxed">
        {results.map((one) => {
          const row = now.get(one.id);
          return (
            <li key={one.id}>
              <span className="grow"><b className="md">{row ? placeOf(row) : one.id}</b>{one.code && <span className="crit-t xs own-line">{one.reason} <span className="mono">{one.code}</span></span>}</span>
              {one.code ? <span className="badge crit"><Icon name="ban" size="xs" />Not sent</span> : row && <State row={row} />}
            </li>
          );
        })}
      </ul>
    </>
  );
}

function Versions({ projectId, current, chosen, onChoose }) {
  const { data, problem, retry } = useServer(`/api/ea/projects/${projectId}/versions?limit=200`, ["jobs"]);
  const usable = (data?.items ?? []).filter((one) => one.state === "compiled");
  useEffect(() => {
    if ((!chosen || current.has(chosen)) && usable.length) onChoose((usable.find((one) => !current.has(one.id)) ?? usable[0]).id);
  }, [data]);
  if (problem) return <Failed what="The versions could not be loaded" problem={problem} onRetry={retry} />;
  if (!data) return <Waiting rows={1} />;
  if (!usable.length) return <p>No version of it is compiled. Compile one in the studio first.</p>;
  return (
    <Select label="To version" value={chosen} onChange={onChoose} hint="Compiled ones. Inputs the other version has not are left behind.">
      {usable.map((one) => <option key={one.id} value={one.id}>v{one.number} {one.message || one.origin}{current.has(one.id) ? " (now)" : ""}</option>)}
    </Select>
  );
}

/** Values the other version has no input for: they are left behind, which may change lots and the magic number. */
function LeftBehind({ versionId, rows }) {
  const { data } = useServer(versionId ? `/api/ea/versions/${versionId}/inputs` : "", []);
  if (!data) return null;
  const form = asForm(data.items);
  const fits = (name, value) => form.some((field) => field.name === name && asText(field, value) !== null && problemOf(field, asText(field, value)) === "");
  const left = rows.map((row) => [row, Object.entries(row.inputs).filter(([name, value]) => !fits(name, value))]).filter(([, values]) => values.length);
  if (!left.length) return null;
  return (
    <div className="banner warn" role="status">
      <Icon name="triangle" size="s" />
      <div className="grow">
        <b>Left behind: the other version takes these no more, and uses what its own source says.</b>
        {left.map(([row, values]) => <span key={row.id} className="own-line">{rows.length > 1 && `${placeOf(row)}: `}<span className="mono">{values.map(([name, value]) => `${name}=${value}`).join(", ")}</span></span>)}
      </div>
    </div>
  );
}

const WANTED = new Set(["deployed", "upgraded", "rolled_back"]);

/** Which version a roll back leads to: the last other one that was proven to run there, else the last one wanted. */
function Earlier({ row }) {
  const events = useServer(`/api/ea/deployments/${row.id}/events?limit=200`, []);
  const versions = useServer(`/api/ea/projects/${row.project_id}/versions?limit=200`, []);
  if (!events.data || !versions.data) return null;
  const others = events.data.items.filter(({ data }) => data.version_id && data.version_id !== row.version_id);
  const then = others.find(({ kind, data }) => kind === "confirmed" && data.state === "running") ?? others.find(({ kind }) => WANTED.has(kind));
  const version = then && versions.data.items.find((one) => one.id === then.data.version_id);
  return <p><b>{placeOf(row)}:</b> {!then ? "no other version ran here before." : `from version ${row.version_number} to ${version ? `version ${version.number}` : "an earlier one"}, with the inputs of that time.`}</p>;
}

/** `asked` is {kind, rows}; start of one is carried out at once by `useActs`, all else comes here. */
export function ActDialog({ asked, onClose }) {
  const { kind = "start", rows = [] } = asked ?? {};
  const [versionId, setVersionId] = useState("");
  const [answered, setResults] = useState(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    setVersionId("");
    setResults(null);
  }, [asked]);
  const results = answered ?? asked?.results ?? null;
  const words = WORDS[kind];
  const subject = rows.length === 1 ? `${nameOf(rows[0])} on ${placeOf(rows[0])}` : countOf(rows.length, "deployment");
  const current = new Set(rows.map((row) => row.version_id));
  const run = async () => {
    setBusy(true);
    setResults(await carryOut(kind, rows, { version_id: versionId }));
    setBusy(false);
  };
  return (
    <Dialog open={asked !== null} title={`${words.title} ${subject}${results ? "" : "?"}`} icon={kind === "stop" || kind === "pause" ? "triangle" : "rocket"} tone={kind === "stop" ? "crit" : ""} onClose={onClose}>
      <div className="modal-body">
        {results ? <Results kind={kind} rows={rows} results={results} /> : (
          <>
            {kind === "upgrade" && <Versions projectId={rows[0].project_id} current={current} chosen={versionId} onChoose={setVersionId} />}
            {kind === "upgrade" && <LeftBehind versionId={versionId} rows={rows} />}
            {kind === "roll-back" && rows.map((row) => <Earlier key={row.id} row={row} />)}
            {consequences(kind, rows).map((line) => <p key={line}>{line}</p>)}
            {rows.length > 1 && <ul className="lines boxed">{rows.map((row) => <li key={row.id}><span className="grow">{nameOf(row)} <span className="t3">{placeOf(row)}</span></span><State row={row} noted={false} /></li>)}</ul>}
          </>
        )}
      </div>
      <div className="modal-foot">
        {results ? <button type="button" className="btn primary" onClick={onClose}>Close</button> : (
          <>
            <button type="button" className="btn" onClick={onClose}>{words.keep ?? "Cancel"}</button>
            <button type="button" className={`btn ${kind === "stop" ? "danger" : "primary"}`} aria-busy={busy} disabled={busy || (kind === "upgrade" && (!versionId || (current.size === 1 && current.has(versionId))))} onClick={run}>{busy && <Icon name="spinner" size="s" className="spin" />}{words.verb}{rows.length > 1 ? ` ${rows.length}` : ""}</button>
          </>
        )}
      </div>
    </Dialog>
  );
}

/** Change inputs and limits of one deployment. */
export function InputsDialog({ row, onClose }) {
  const { data, problem, retry } = useServer(row ? `/api/ea/versions/${row.version_id}/inputs` : "", []);
  const [values, setValues] = useState(null);
  const [limits, setLimits] = useState(null);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState(null);
  const form = data ? asForm(data.items) : null;
  useEffect(() => {
    setValues(null);
    setLimits(null);
    setFailure(null);
  }, [row?.id]);
  if (!row) return null;
  const before = form ? asValues(form, row.inputs) : {};
  const shown = values ?? before;
  const texts = limits ?? limitTexts(row.limits);
  const wrong = limitProblems(texts);
  const isWrong = Object.keys(wrong).length > 0 || (form ?? []).some((one) => valueOf(one, shown) !== null && problemOf(one, valueOf(one, shown)));
  const hasInputs = values !== null && JSON.stringify(values) !== JSON.stringify(before);
  const save = async () => {
    setBusy(true);
    const change = { ...(hasInputs ? { inputs: values } : {}), ...(limits ? { limits: limitValues(limits) } : {}) };
    const answer = await send("PATCH", `/api/ea/deployments/${row.id}`, change);
    setBusy(false);
    if (!answer.ok) return setFailure(answer.body);
    toast("ok", "Saved", hasInputs && row.desired === "running" ? "The expert is restarted with it." : "");
    return onClose();
  };
  return (
    <Dialog open title={`Inputs and limits of ${nameOf(row)}`} icon="sliders" kind="modal wide" onClose={onClose}>
      <div className="modal-body">
        <p className="t3 sm">{placeOf(row)}</p>
        {failure && <Failed what="Nothing was changed" problem={{ ...failure, detail: Object.values(messages(failure)).join(" ") }} />}
        {problem && <Failed what="The inputs could not be loaded" problem={problem} onRetry={retry} />}
        {!form && !problem && <Waiting />}
        {form?.length === 0 && <p>The program declares no inputs.</p>}
        {form?.length > 0 && <div className="boxed-form"><InputsForm inputs={form} values={shown} onChange={setValues} /></div>}
        <Limits texts={texts} errors={wrong} currency={row.result.currency} onChange={setLimits} />
        {hasInputs && row.desired === "running" && <p className="warn-t sm">The expert is restarted with the new inputs; its open positions stay.</p>}
      </div>
      <div className="modal-foot">
        <button type="button" className="btn" onClick={onClose}>Cancel</button>
        <button type="button" className="btn primary" aria-busy={busy} disabled={busy || isWrong || (!hasInputs && !limits)} onClick={save}>{busy && <Icon name="spinner" size="s" className="spin" />}{hasInputs && row.desired === "running" ? "Save and restart" : "Save"}</button>
      </div>
    </Dialog>
  );
}

/** `act(kind, rows)` starts it; what does harm is asked about first, results of several are listed. */
export function useActs() {
  const [asked, setAsked] = useState(null);
  const act = async (kind, rows) => {
    if (kind !== "start") return setAsked({ kind, rows });
    const results = await carryOut(kind, rows);
    if (rows.length > 1) return setAsked({ kind, rows, results });
    const [one] = results;
    return one.code ? toast("crit", `${nameOf(rows[0])} was not started`, one.reason, one.code) : toast("info", `Start of ${nameOf(rows[0])} sent`, placeOf(rows[0]));
  };
  return { asked, act, close: () => setAsked(null) };
}
