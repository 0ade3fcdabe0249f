// The parts around the editor: the problems as one types, a column that is a drawer on narrow windows.
import { useEffect, useRef } from "react";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";
import { clockOf } from "./notices.js";

const SEVERITY = { error: ["x-circle", "crit-t", "Error"], warning: ["triangle", "warn-t", "Warning"], hint: ["info", "info-t", "Advice"] };

const MOST_SHOWN = 300; // of a list that is drawn whole; a file of ten thousand declarations must not make letters wait

/** How many of each, in words. */
export function countsOf(findings) {
  const words = (count, one, many) => (count ? [`${count} ${count === 1 ? one : many}`] : []);
  const of = (severity) => findings.filter((finding) => finding.severity === severity).length;
  return [...words(of("error"), "error", "errors"), ...words(of("warning"), "warning", "warnings"), ...words(of("hint"), "piece of advice", "pieces of advice")];
}

function Problem({ finding, name, onJump, onFix }) {
  const [icon, tone, word] = SEVERITY[finding.severity];
  const here = finding.file === name;
  const fix = here ? finding.fixes[0] : undefined;
  const file = finding.file.replace("<library>/", "");
  return (
    <li className="problem">
      <button type="button" className="problem-go" disabled={finding.file.startsWith("<library>/")} onClick={() => onJump(finding)}>
        <Icon name={icon} size="s" label={word} className={tone} />
        <span className="grow">
          {finding.message}{" "}
          <span className="t3 mono">{finding.code.includes("-") ? finding.code : `MQ ${finding.code}`}</span>
          {finding.why && <span className="problem-why">{finding.why}</span>}
        </span>
        <span className="t3 ell problem-file not-phone">{file}</span>
        <span className="t2 num">{finding.line}:{finding.column}</span>
      </button>
      {fix && <button type="button" className="btn small" title={fix.title} onClick={() => onFix(fix)}>Fix<span className="sr">: {fix.title}</span></button>}
    </li>
  );
}

/** What is found as one types; `status` of the newest check is for the head of the panel. */
export function Problems({ state, name, onJump, onFix, onRetry }) {
  const { findings, phase, problem } = state;
  return (
    <>
      {phase === "failed" && (
        <div className="banner warn" role="alert">
          <Icon name="triangle" size="s" />
          <div className="grow"><b>Not checked.</b> {problem.detail} <span className="mono t3">{problem.code}</span> What is listed may be out of date; your text is safe.</div>
          <button type="button" className="btn small" onClick={onRetry}><Icon name="refresh" size="s" />Retry</button>
        </div>
      )}
      {phase === "none" && <p className="studio-note">This file is no source; there is nothing to check in it.</p>}
      {phase === "checked" && findings.length === 0 && <p className="studio-note"><Icon name="check-circle" size="s" className="up" />No errors, no warnings, no advice.</p>}
      <ul className="problem-list scroll" tabIndex={findings.length ? 0 : undefined} aria-label="Findings">
        {findings.slice(0, MOST_SHOWN).map((finding, index) => <Problem key={index} finding={finding} name={name} onJump={onJump} onFix={onFix} />)}
        {findings.length > MOST_SHOWN && <li className="studio-note">{(findings.length - MOST_SHOWN).toLocaleString("en-US")} more; they come into view as these are put right.</li>}
      </ul>
    </>
  );
}

/** When the text was last checked, and how fast. */
export function Checked({ state: { phase, at, took } }) {
  if (phase === "checking") return "Checking";
  return phase === "checked" ? <>Checked {clockOf(at)}<span className="not-phone"> in {took} ms</span></> : null;
}

/** A column that is a drawer on narrow windows. */
export function Side({ id, side, open, onClose, label, children }) {
  const node = useRef(null);
  useEffect(() => {
    if (open) node.current.querySelector("button")?.focus();
  }, [open]);
  return (
    <>
      {open && <div className="drawer-shade" onClick={onClose} />}
      <aside ref={node} id={id} className={`studio-side ${side}`} data-open={open} aria-label={label} onKeyDown={(event) => event.key === "Escape" && open && onClose()}>
        <div className="drawer-head"><span className="sb grow">{label}</span><button type="button" className="btn ghost square small" aria-label={`Close ${label.toLowerCase()}`} onClick={onClose}><Icon name="x" size="s" /></button></div>
        {children}
      </aside>
    </>
  );
}
