// The dialog that deploys: which version, where, with what; checked account by account before anything is sent.
import { useEffect, useState } from "react";
import { Link } from "react-router";
import { InputsForm } from "$/public/external/forex_elite/ui/components/editor/inputs.jsx";
import { problemOf, valueOf } from "$/public/external/forex_elite/ui/components/editor/values.js";
import { Dialog } from "$/public/external/forex_elite/ui/components/dialog/dialog.jsx";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";
import { messages, send } from "$/public/external/forex_elite/ui/live/live/backend.js";
import { toast, useServer } from "$/public/external/forex_elite/ui/live/live/server.js";
import { Limits, limitProblems, limitValues, NO_LIMITS, Select, Text } from "./fields.jsx";
import { asForm, asPreset, asValues, magicOf } from "./inputs.js";
import { Failed, State, Waiting } from "./marks.jsx";
import { countOf, placeOf } from "./words.js";

const MOST_ACCOUNTS = 5;
const CHECK_AFTER_MS = 400;
const TIMEFRAMES = ["M1", "M2", "M3", "M4", "M5", "M6", "M10", "M12", "M15", "M20", "M30", "H1", "H2", "H3", "H4", "H6", "H8", "H12", "D1", "W1", "MN1"];
const NEXT = { "account-online": ["/agents", "Agents"], "trade-permitted": ["/accounts", "Accounts"], "not-killed": ["/accounts", "Accounts"] };

const titleOf = (account) => account.name || account.broker || account.server;

/** The versions of the chosen expert; one that is asked for by its id brings its expert with it. */
function useChoice(open, wanted) {
  const [projectId, setProject] = useState("");
  const [versionId, setVersion] = useState("");
  const projects = useServer(open ? "/api/ea/projects?limit=200" : "", []);
  const asked = useServer(open && wanted ? `/api/ea/versions/${wanted}` : "", []);
  const versions = useServer(open && projectId ? `/api/ea/projects/${projectId}/versions?limit=200` : "", ["jobs"]);
  const known = (projects.data?.items ?? []).filter((one) => one.kind === "expert" && one.version_count > 0);
  useEffect(() => {
    if (!open) {
      setProject("");
      setVersion("");
    } else if (wanted) {
      if (asked.data) setProject(asked.data.project_id);
      setVersion(wanted);
    } else if (!projectId && known.length) {
      setProject(known[0].id);
    }
  }, [open, wanted, asked.data, projects.data]);
  const found = versions.data?.items ?? [];
  useEffect(() => {
    if (found.length && !found.some((one) => one.id === versionId)) setVersion((found.find((one) => one.state === "compiled") ?? found[0]).id);
  }, [versions.data]);
  return {
    projects: known, isLoaded: projects.data !== null, problem: projects.problem ?? asked.problem ?? versions.problem, retry: () => [projects, asked, versions].forEach((one) => one.retry()),
    projectId, versionId, versions: found, version: found.find((one) => one.id === versionId) ?? null,
    chooseProject: (id) => { setProject(id); setVersion(""); }, chooseVersion: setVersion,
  };
}

/** All checks for what is chosen now, asked for a moment after the last change; old ones stay while they are asked. */
function useChecks(body, ready, versionState) {
  const [state, setState] = useState({ items: null, problem: null, isAsking: false });
  const key = ready ? JSON.stringify([body, versionState]) : ""; // compiled meanwhile: looked at again
  useEffect(() => {
    if (!key) {
      setState({ items: null, problem: null, isAsking: false });
      return undefined;
    }
    const gone = new AbortController();
    setState((old) => ({ ...old, isAsking: true }));
    const timer = setTimeout(async () => {
      const answer = await send("POST", "/api/ea/deployments/check", JSON.parse(key)[0], gone.signal);
      if (!gone.signal.aborted) setState({ items: answer.ok ? answer.body.items : null, problem: answer.ok ? null : answer.body, isAsking: false });
    }, CHECK_AFTER_MS);
    return () => {
      clearTimeout(timer);
      gone.abort();
    };
  }, [key]);
  return state;
}

function Checks({ items, names, isAsking }) {
  return (
    <section aria-label="Checks before anything is sent" aria-busy={isAsking || undefined} className="stack tight">
      {items.map((account) => {
        const wrong = account.checks.filter((one) => !one.is_ok);
        return (
          <div key={account.account_id} className={`checked ${account.is_clear ? "" : "blocked"}`}>
            <div className="row">
              <Icon name={account.is_clear ? "check-circle" : "x-circle"} size="s" />
              <b className="md grow">{names.get(account.account_id)} {account.login}</b>
              <span className="t3 xs">{account.is_clear ? `${account.checks.length - wrong.length} of ${account.checks.length} checks passed${account.symbol ? `, ${account.symbol}` : ""}` : "nothing is sent here"}</span>
            </div>
            {wrong.length > 0 && (
              <ul className="checks">
                {wrong.map((one) => (
                  <li key={one.code}>
                    <span className={one.is_blocking ? "crit-t" : "warn-t"}><Icon name={one.is_blocking ? "x" : "triangle"} size="xs" label={one.is_blocking ? "stands in the way" : "to know"} /></span>
                    <span className="grow">{one.message}</span>
                    {NEXT[one.code] && one.is_blocking && <Link className="link" to={NEXT[one.code][0]}>{NEXT[one.code][1]}</Link>}
                  </li>
                ))}
              </ul>
            )}
          </div>
        );
      })}
    </section>
  );
}

/** The inputs of a version, with the project's presets. */
function Inputs({ projectId, versionId, form, values, onValues }) {
  const presets = useServer(projectId ? `/api/ea/projects/${projectId}/presets` : "", []);
  const [name, setName] = useState(null);
  const [refusal, setRefusal] = useState("");
  const [preset, setPreset] = useState("");
  const items = presets.data?.items ?? [];
  const choose = (id) => {
    setPreset(id);
    const found = items.find((one) => one.id === id);
    onValues(found ? asValues(form, found.values) : {});
  };
  const save = async () => {
    const answer = await send("POST", `/api/ea/projects/${projectId}/presets`, { name, values: asPreset(form, values), version_id: versionId });
    setRefusal(answer.ok ? "" : Object.values(messages(answer.body)).join(" "));
    if (!answer.ok) return undefined;
    setName(null);
    presets.retry();
    return toast("ok", `Preset ${answer.body.name} saved`);
  };
  return (
    <section className="stack tight" aria-label="Inputs">
      <div className="row wrap">
        <h3 className="md">Inputs</h3>
        <span className="row end wrap">
          {items.length > 0 && <select className="input filter" aria-label="Preset" value={preset} onChange={(event) => choose(event.target.value)}><option value="">As in the source</option>{items.map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}</select>}
          {name === null ? <button type="button" className="btn ghost small" onClick={() => setName("")}>Save as preset</button> : (
            <>
              <span className="input filter"><input aria-label="Name of the preset" aria-invalid={refusal ? true : undefined} autoFocus value={name} maxLength={80} onChange={(event) => { setName(event.target.value); setRefusal(""); }} /></span>
              <button type="button" className="btn small" disabled={!name.trim()} onClick={save}>Save</button>
              <button type="button" className="btn ghost small" onClick={() => { setName(null); setRefusal(""); }}>Cancel</button>
            </>
          )}
        </span>
      </div>
      {refusal && <p className="sm crit-t" role="alert">The preset was not saved. {refusal}</p>}
      <div className="boxed-form"><InputsForm inputs={form} values={values} onChange={(next) => { setPreset(""); onValues(next); }} /></div>
    </section>
  );
}

function Uncompiled({ version }) {
  const [busy, setBusy] = useState(false);
  const compile = async () => {
    setBusy(true);
    const answer = await send("POST", `/api/ea/versions/${version.id}/compile`);
    setBusy(false);
    toast(answer.ok ? "info" : "crit", answer.ok ? answer.body.message : "It cannot be compiled now", answer.ok ? "" : answer.body.detail, answer.body.code);
  };
  const words = { compiling: "It is being compiled; this goes on by itself.", failed: `The compiler refused it: ${version.compile_error}` }[version.state] ?? "This version is not compiled yet.";
  return (
    <div className={`banner ${version.state === "compiling" ? "info" : "warn"}`} role="status">
      <Icon name={version.state === "compiling" ? "clock" : "triangle"} size="s" /><div className="grow">{words}</div>
      {version.state !== "compiling" && <button type="button" className="btn small" disabled={busy} onClick={compile}>{version.state === "failed" ? "Try again" : "Compile it"}</button>}
    </div>
  );
}

function Sent({ group, refused }) {
  const { data } = useServer(`/api/ea/deployments?group_id=${group[0].group_id}`, ["deployments", "agents"]);
  const rows = (data?.items ?? group).toSorted((one, other) => one.account_login - other.account_login);
  return (
    <>
      <p role="status">Sent to {countOf(rows.length, "account")}{refused ? `; ${countOf(refused, "account")} left out` : ""}. Each tells here what its terminal proved.</p>
      <ul className="lines boxed">{rows.map((row) => <li key={row.id}><b className="md grow">{placeOf(row)}</b><State row={row} /></li>)}</ul>
    </>
  );
}

/** `wanted` is the id of a version to start with, or empty; `accountId` the account chosen above, or empty. */
export function DeployDialog({ open, wanted, accountId, onClose }) {
  const choice = useChoice(open, wanted);
  const accounts = useServer(open ? "/api/user/mt5-accounts" : "", ["accounts"]);
  const inputs = useServer(open && choice.versionId ? `/api/ea/versions/${choice.versionId}/inputs` : "", []);
  const [where, setWhere] = useState([]);
  const [symbol, setSymbol] = useState("EURUSD");
  const [timeframe, setTimeframe] = useState("H1");
  const [values, setValues] = useState({});
  const [limits, setLimits] = useState(NO_LIMITS);
  const [magic, setMagic] = useState("");
  const [starts, setStarts] = useState(true);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState(null);
  const [sent, setSent] = useState(null);
  const found = accounts.data?.accounts ?? [];
  useEffect(() => {
    if (open) return;
    setWhere([]);
    setFailure(null);
    setSent(null);
  }, [open]);
  useEffect(() => {
    if (open && !where.length && found.length) setWhere(accountId ? [accountId] : found.filter((one) => one.is_enabled_for_trading).slice(0, 1).map((one) => one.id));
  }, [open, accounts.data]);
  useEffect(() => setValues({}), [choice.versionId]);

  const form = inputs.data ? asForm(inputs.data.items) : null;
  const wrong = limitProblems(limits);
  const isMagicWrong = magic.trim() !== "" && !/^\d{1,18}$/.test(magic.trim());
  const isFormRight = form !== null && !isMagicWrong && Object.keys(wrong).length === 0 && form.every((one) => valueOf(one, values) === null || problemOf(one, valueOf(one, values)) === "");
  const ready = open && !sent && Boolean(choice.version) && where.length > 0 && symbol.trim() !== "" && isFormRight;
  const hasMagic = form !== null && magicOf(form) !== null;
  const body = { version_id: choice.versionId, account_ids: where, symbol: symbol.trim(), timeframe, inputs: values, limits: limitValues(limits), magic: hasMagic || magic.trim() === "" ? null : magic.trim(), start: starts };
  const checks = useChecks(body, ready, choice.version?.state);
  const clear = (checks.items ?? []).filter((one) => one.is_clear).map((one) => one.account_id);
  const names = new Map(found.map((one) => [one.id, titleOf(one)]));
  const toggle = (id) => setWhere((old) => (old.includes(id) ? old.filter((one) => one !== id) : [...old, id].slice(0, MOST_ACCOUNTS)));
  const deploy = async () => {
    setBusy(true);
    setFailure(null);
    const answer = await send("POST", "/api/ea/deployments", { ...body, account_ids: clear });
    setBusy(false);
    if (answer.ok) setSent({ group: answer.body.items, refused: where.length - clear.length });
    else setFailure({ ...answer.body, detail: Object.values(messages(answer.body)).join(" ") });
  };
  const verb = clear.length === where.length || !clear.length ? `Deploy to ${countOf(where.length, "account")}` : `Deploy to ${clear.length} of ${where.length} accounts`;
  return (
    <Dialog open={open} title={sent ? "Deployed" : "Deploy an expert"} icon="rocket" kind="modal wide" onClose={onClose}>
      <div className="modal-body">
        {sent && <Sent {...sent} />}
        {!sent && choice.problem && <Failed what="The experts could not be loaded" problem={choice.problem} onRetry={choice.retry} />}
        {!sent && !choice.isLoaded && !choice.problem && <Waiting />}
        {!sent && choice.isLoaded && choice.projects.length === 0 && <p>There is no version of an expert yet. Write or generate one in the <Link className="link" to="/studio">studio</Link>, and compile it.</p>}
        {!sent && choice.isLoaded && choice.projects.length > 0 && (
          <>
            <div className="form-grid pair">
              <Select label="Expert" value={choice.projectId} onChange={choice.chooseProject}>{choice.projects.map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}</Select>
              <Select label="Version" value={choice.versionId} onChange={choice.chooseVersion}>{choice.versions.map((one) => <option key={one.id} value={one.id}>v{one.number} {one.message || one.origin}{one.state === "compiled" ? "" : ` (${one.state === "draft" ? "not compiled" : one.state})`}</option>)}</Select>
            </div>
            {choice.version && choice.version.state !== "compiled" && <Uncompiled version={choice.version} />}
            <fieldset className="field">
              <legend>Accounts<span className="t3">{where.length} of at most {MOST_ACCOUNTS}</span></legend>
              {accounts.data && !found.length && <p className="sm">No account yet. <Link className="link" to="/accounts?new=1">Add one</Link> or pair an agent.</p>}
              <div className="account-checks">
                {found.map((one) => (
                  <label key={one.id} className="check">
                    <input type="checkbox" checked={where.includes(one.id)} disabled={!where.includes(one.id) && where.length >= MOST_ACCOUNTS} onChange={() => toggle(one.id)} />
                    <span>{titleOf(one)} <span className="t2">{one.login}</span>{!one.is_online && <span className="t3 xs"> offline</span>}</span>
                  </label>
                ))}
              </div>
            </fieldset>
            <div className="form-grid narrow">
              <Text label="Symbol" value={symbol} maxLength={32} error={symbol.trim() === "" ? "Which symbol's chart?" : ""} onChange={setSymbol} />
              <Select label="Timeframe" value={timeframe} onChange={setTimeframe}>{TIMEFRAMES.map((one) => <option key={one}>{one}</option>)}</Select>
              {form && !hasMagic && <Text label="Magic number" value={magic} inputMode="numeric" placeholder="unknown" error={isMagicWrong ? "A whole number." : ""} hint="What the program marks its trades with." onChange={setMagic} />}
            </div>
            {inputs.problem && <Failed what="The inputs could not be loaded" problem={inputs.problem} onRetry={inputs.retry} />}
            {form?.length > 0 && <Inputs projectId={choice.projectId} versionId={choice.versionId} form={form} values={values} onValues={setValues} />}
            <Limits texts={limits} errors={wrong} currency={found.find((one) => one.id === where[0])?.currency} onChange={setLimits} />
            <label className="check"><input type="checkbox" checked={starts} onChange={() => setStarts(!starts)} /><span>Start it at once<span className="t3"> (else it is only put in place)</span></span></label>
            {checks.problem && <Failed what="This cannot be deployed" problem={{ ...checks.problem, detail: Object.values(messages(checks.problem)).join(" ") }} />}
            {checks.items && <Checks items={checks.items} names={names} isAsking={checks.isAsking} />}
            {failure && <Failed what="Nothing was sent" problem={failure} />}
          </>
        )}
      </div>
      <div className="modal-foot">
        {sent ? <button type="button" className="btn primary" onClick={onClose}>Close</button> : (
          <>
            <button type="button" className="btn" onClick={onClose}>Cancel</button>
            <button type="button" className="btn primary" aria-busy={busy} disabled={busy || !ready || checks.isAsking || !clear.length} onClick={deploy}>{busy && <Icon name="spinner" size="s" className="spin" />}{verb}</button>
          </>
        )}
      </div>
    </Dialog>
  );
}
