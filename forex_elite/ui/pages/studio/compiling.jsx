// Compiling: the draft becomes a version, an agent compiles it, and what it says is listed and shown at its lines.
import { useEffect, useRef, useState } from "react";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";
import { send } from "$/public/external/forex_elite/ui/live/live/backend.js";
import { clockOf, countOf, save } from "./notices.js";

const LOOK_AGAIN_MS = 3000;
const NOT_SAVED = { title: "The draft is not saved", detail: "Compiling needs what you typed on the server. Wait for the connection, or settle the conflict.", code: "draft-not-saved" };
const SEVERITY = { error: ["x-circle", "crit-t", "Error"], warning: ["triangle", "warn-t", "Warning"] };

/** What the compiler said of a place; how it went on is in the log. */
const placed = ({ findings }) => findings.filter((one) => one.line > 0);

/**
 * The run of the compiler that is shown: {phase, version, message, isOnline, findings, problem, since}. `phase`: saving |
 * asking | waiting | done | refused | checking | checked. The draft is locked (`isLocked`) until an agent that is there has
 * answered; with none online the job waits and one goes on writing.
 */
export function useCompile(draft, now, editor) {
  const [run, setRun] = useState(null);
  const current = useRef(null);
  current.current = run;
  const isLocked = run !== null && (run.phase === "saving" || run.phase === "asking" || (run.phase === "waiting" && run.isOnline));

  const finish = async (version) => {
    const answer = await send("GET", `/api/ea/versions/${version.id}`);
    if (!answer.ok || current.current?.version?.id !== version.id) return;
    const { state, compiler } = answer.body;
    if (state === "compiling") {
      if (compiler && current.current.phase === "waiting") setRun({ ...current.current, isOnline: compiler.is_agent_online, message: compiler.message });
      return;
    }
    const findings = placed(answer.body);
    editor()?.mark(findings);
    setRun({ phase: "done", version: answer.body, findings });
    draft.reload();
  };
  const isAwaited = run?.phase === "waiting" || (run?.phase === "checked" && run.version.state === "compiling");
  useEffect(() => {
    if (!isAwaited) return undefined;
    finish(run.version);
    const timer = setInterval(() => finish(run.version), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [isAwaited, run?.version?.id, now.news]);

  const start = async () => {
    if (isLocked) return;
    const since = Date.now();
    editor()?.mark([]);
    setRun({ phase: "saving", since });
    if (!(await draft.flush())) return setRun({ phase: "refused", problem: NOT_SAVED });
    const kept = await send("POST", `/api/ea/projects/${draft.id}/versions`, {});
    if (!kept.ok) return setRun({ phase: "refused", problem: kept.body });
    setRun({ phase: "asking", version: kept.body, since });
    const asked = await send("POST", `/api/ea/versions/${kept.body.id}/compile`);
    if (!asked.ok) setRun({ phase: "refused", version: kept.body, problem: asked.body });
    else setRun({ phase: "waiting", version: asked.body.version, message: asked.body.message, isOnline: asked.body.is_agent_online, since });
    await draft.reload();
  };
  const check = async (version) => {
    const before = current.current;
    setRun({ ...before, phase: "checking", version });
    const answer = await send("POST", `/api/ea/versions/${version.id}/check`);
    if (!answer.ok) return setRun({ phase: "refused", version, problem: answer.body });
    setRun({ phase: "checked", version, findings: answer.body.items });
  };
  const look = async (version) => {
    const answer = await send("GET", `/api/ea/versions/${version.id}`);
    if (!answer.ok) return;
    const { state, compiler } = answer.body;
    setRun({ phase: state === "compiling" ? "waiting" : "done", version: answer.body, findings: placed(answer.body), isOnline: compiler?.is_agent_online ?? false, message: compiler?.message ?? "It is being compiled.", since: Date.now() });
  };
  const begun = now.versions.find((one) => one.state === "compiling");
  useEffect(() => {
    if (begun && current.current === null) look(begun); // asked for before this page was opened
  }, [begun?.id]);
  return { run, isLocked, start, check, look };
}

function Since({ since }) {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds(Math.floor((Date.now() - since) / 1000)), 500);
    return () => clearInterval(timer);
  }, [since]);
  return <span className="num t3">{seconds} s</span>;
}

function Finding({ finding, onJump }) {
  const [icon, tone, word] = SEVERITY[finding.severity] ?? ["info", "info-t", "Information"];
  return (
    <li className="problem">
      <button type="button" className="problem-go" onClick={() => onJump(finding)}>
        <Icon name={icon} size="s" label={word} className={tone} />
        <span className="grow">{finding.message}{finding.code && <> <span className="t3 mono">{/^\d+$/.test(finding.code) ? `MQ ${finding.code}` : finding.code}</span></>}</span>
        <span className="t3 ell problem-file not-phone">{finding.file}</span>
        <span className="t2 num">{finding.line}:{finding.column}</span>
      </button>
    </li>
  );
}

function Verdict({ run, onCheck, onAgain, onRepair }) {
  const { phase, version, problem, message, isOnline, findings = [], since } = run;
  const busy = { saving: "Keeping a version", asking: "Looking for a compiler", checking: "Checking" }[phase];
  if (busy) return <div className="compile-line" role="status"><Icon name="spinner" size="s" className="spin" />{busy}{since && <Since since={since} />}</div>;
  if (phase === "waiting") {
    return (
      <div className="compile-line" role="status">
        <Icon name={isOnline ? "spinner" : "clock"} size="s" className={isOnline ? "spin" : "warn-t"} />
        <span className="grow"><b>Version {version.number}.</b> {message}</span>
        {isOnline ? <Since since={since} /> : <button type="button" className="btn small" onClick={() => onCheck(version)}>Check it here</button>}
      </div>
    );
  }
  if (phase === "refused") {
    return (
      <div className="banner warn" role="alert">
        <Icon name="triangle" size="s" />
        <div className="grow"><b>{version ? `Version ${version.number} is kept, but not compiled.` : "Nothing was compiled."}</b> {problem.detail ?? problem.title} <span className="mono t3">{problem.code}</span></div>
        {version && <button type="button" className="btn small" onClick={() => onCheck(version)}>Check it here</button>}
        <button type="button" className="btn small" onClick={onAgain}>Try again</button>
      </div>
    );
  }
  const errors = findings.filter((one) => one.severity === "error").length;
  const warnings = findings.filter((one) => one.severity === "warning").length;
  const counts = `${countOf(errors, "error")}, ${countOf(warnings, "warning")}`;
  if (phase === "checked") {
    return <div className="compile-line" role="status"><Icon name={errors ? "x-circle" : "check-circle"} size="s" className={errors ? "crit-t" : "up"} /><span className="grow"><b>Version {version.number} in the built-in check:</b> {counts}. {errors ? "" : "It will very likely compile; a program comes from MetaEditor alone."}{version.state === "compiling" && <span className="t3"> The job is kept and begins when an agent is there.</span>}</span></div>;
  }
  const isDone = version.state === "compiled";
  const hasErrors = version.error_count > 0; // without any it failed for what no change of the program mends
  return (
    <div className="compile-line" role="status">
      <Icon name={isDone ? "check-circle" : "x-circle"} size="s" className={isDone ? "up" : "crit-t"} />
      <span className="grow"><b>Version {version.number} {isDone ? "compiled" : "did not compile"}.</b> {isDone || hasErrors ? counts : version.compile_error} <span className="t3">{version.compiled_at && clockOf(version.compiled_at)}</span></span>
      {!isDone && hasErrors && <button type="button" className="btn small" onClick={() => onRepair(version)}>Have it fixed</button>}
      {version.ex5_sha256 && <button type="button" className="btn small" onClick={() => save(`/api/ea/versions/${version.id}/ex5`)}><Icon name="download" size="s" />.ex5</button>}
      {version.log_sha256 && <button type="button" className="btn small" onClick={() => save(`/api/ea/versions/${version.id}/log`)}><Icon name="download" size="s" />Log</button>}
    </div>
  );
}

/** `onJump(finding)` goes to its line; `onRepair(version)` hands the errors to the assistant. */
export function Compiler({ run, onCheck, onAgain, onJump, onRepair }) {
  if (!run) return <p className="studio-note">F7 keeps the draft as a version and has it compiled by MetaEditor on one of your agents. What it says is listed here and shown at its lines.</p>;
  const findings = run.phase === "done" || run.phase === "checked" ? run.findings : [];
  return (
    <>
      <Verdict run={run} onCheck={onCheck} onAgain={onAgain} onRepair={onRepair} />
      <ul className="problem-list scroll" tabIndex={findings.length ? 0 : undefined} aria-label="Messages of the compiler">
        {findings.map((finding, index) => <Finding key={index} finding={finding} onJump={onJump} />)}
      </ul>
    </>
  );
}
