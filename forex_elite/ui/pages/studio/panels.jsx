// The parts around the editor: the list of drafts, the outline, the problems.
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";

const SEVERITY = { error: ["x-circle", "crit-t", "Error"], warning: ["triangle", "warn-t", "Warning"], hint: ["info", "info-t", "Advice"] };
const OUTLINE_ICONS = { event: "play", function: "function", input: "sliders", class: "box", struct: "box", interface: "box", enum: "list", namespace: "box" };

export const clockOf = (time) => `${time.toISOString().slice(11, 19)} UTC`;

/** How many of each, in words. */
export function countsOf(findings) {
  const words = (count, one, many) => (count ? [`${count} ${count === 1 ? one : many}`] : []);
  const of = (severity) => findings.filter((finding) => finding.severity === severity).length;
  return [...words(of("error"), "error", "errors"), ...words(of("warning"), "warning", "warnings"), ...words(of("hint"), "piece of advice", "pieces of advice")];
}

export function DraftList({ drafts, current, errors, onOpen, onNew, onUpload, onRename, onRemove }) {
  return (
    <section className="studio-part" aria-label="Drafts">
      <div className="panel-head">
        <h2>Drafts</h2>
        <span className="row end">
          <label className="btn ghost square small" title="Open a file from this computer">
            <Icon name="upload" size="s" /><span className="sr">Open a file from this computer</span>
            <input type="file" className="sr" accept=".mq5,.mqh" onChange={(event) => { onUpload(event.target.files[0]); event.target.value = ""; }} />
          </label>
          <button type="button" className="btn ghost square small" aria-label="New draft" title="New draft" onClick={onNew}><Icon name="plus" size="s" /></button>
        </span>
      </div>
      <ul className="draft-list">
        {drafts.map(({ name }) => (
          <li key={name} aria-current={name === current || undefined}>
            <button type="button" className="draft-open" onClick={() => onOpen(name)}><Icon name="file" size="s" /><span className="ell">{name}</span></button>
            {name === current && errors > 0 && <span className="crit-t sm" title={`${errors} errors`}>{errors}<span className="sr"> errors</span></span>}
            {name === current && (
              <span className="row draft-acts">
                <button type="button" className="btn ghost square small" aria-label={`Rename ${name}`} title="Rename" onClick={onRename}><Icon name="pencil" size="s" /></button>
                <button type="button" className="btn ghost square small" aria-label={`Delete ${name}`} title="Delete" onClick={onRemove}><Icon name="trash" size="s" /></button>
              </span>
            )}
          </li>
        ))}
      </ul>
      <p className="studio-note">Drafts are kept in this browser only, on this computer. Download what you want to keep.</p>
    </section>
  );
}

function OutlineItems({ items, depth, onJump }) {
  return items.map((one) => (
    <li key={`${one.line}:${one.column}:${one.name}`}>
      <button type="button" className="outline-item" data-depth={depth} title={one.detail} onClick={() => onJump(one.line, one.column)}>
        <Icon name={OUTLINE_ICONS[one.kind] ?? "minus"} size="s" />
        <span className="ell">{one.name}</span>
        <span className="sr">{one.kind}, line </span>
        <span className="t3 xs end">{one.line}</span>
      </button>
      {one.children.length > 0 && <ul><OutlineItems items={one.children} depth={depth + 1} onJump={onJump} /></ul>}
    </li>
  ));
}

export function Outline({ items, onJump }) {
  return (
    <section className="studio-part outline" aria-label="Outline">
      <div className="panel-head"><h2>Outline</h2><span className="count">{items.length || ""}</span></div>
      {items.length === 0 && <p className="studio-note">Functions, inputs and classes of the file appear here.</p>}
      <ul className="outline-list scroll" tabIndex={items.length ? 0 : undefined} aria-label="Declarations"><OutlineItems items={items} depth={0} onJump={onJump} /></ul>
    </section>
  );
}

function Problem({ finding, name, onJump, onFix }) {
  const [icon, tone, word] = SEVERITY[finding.severity];
  const here = finding.file === name;
  const fix = here ? finding.fixes[0] : undefined;
  const file = finding.file.replace("<library>/", "");
  return (
    <li className="problem">
      <button type="button" className="problem-go" disabled={!here} onClick={() => onJump(finding.line, finding.column)}>
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

export function Problems({ state, name, onJump, onFix, onRetry }) {
  const { findings, phase, problem, took, at } = state;
  return (
    <section className="problems" aria-label="Problems">
      <div className="panel-head">
        <h2>Problems</h2>
        <span className="count">{phase === "waiting" ? "" : findings.length}</span>
        <span className="end xs t3" role="status">
          {phase === "checking" && "Checking"}
          {phase === "checked" && <>Checked {clockOf(at)}<span className="not-phone"> in {took} ms</span></>}
        </span>
      </div>
      {phase === "failed" && (
        <div className="banner warn" role="alert">
          <Icon name="triangle" size="s" />
          <div className="grow"><b>Not checked.</b> {problem.detail} <span className="mono t3">{problem.code}</span> What is listed may be out of date; your text is safe.</div>
          <button type="button" className="btn small" onClick={onRetry}><Icon name="refresh" size="s" />Retry</button>
        </div>
      )}
      {phase === "checked" && findings.length === 0 && <p className="studio-note"><Icon name="check-circle" size="s" className="up" />No errors, no warnings, no advice.</p>}
      <ul className="problem-list scroll" tabIndex={findings.length ? 0 : undefined} aria-label="Findings">
        {findings.map((finding, index) => <Problem key={index} finding={finding} name={name} onJump={onJump} onFix={onFix} />)}
      </ul>
    </section>
  );
}
