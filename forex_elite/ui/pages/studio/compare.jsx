// Two states of a project file by file, and the choice when a file was changed in two places.
import { useEffect, useRef, useState } from "react";
import { Dialog } from "$/public/external/forex_elite/ui/components/dialog/dialog.jsx";
import { DiffEditor } from "$/public/external/forex_elite/ui/components/editor/diff.jsx";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";
import { send } from "$/public/external/forex_elite/ui/live/live/backend.js";
import { momentOf } from "./notices.js";

const KINDS = { added: "added", removed: "removed", changed: "changed" };

async function textAt(address) {
  const answer = await send("GET", address);
  return answer.ok ? answer.body.text : "";
}

/** `pair` is {from, to}: two versions, `to` null for the draft; null closes. */
export function Compare({ draft, pair, onClose }) {
  const [changes, setChanges] = useState(null);
  const [problem, setProblem] = useState(null);
  const [path, setPath] = useState("");
  const [texts, setTexts] = useState(null);

  useEffect(() => {
    if (!pair) return;
    setChanges(null);
    setProblem(null);
    setTexts(null);
    const { from, to } = pair;
    const asked = to ? send("GET", `/api/ea/versions/${to.id}/diff?against=${from.id}`) : draft.flush().then(() => send("GET", `/api/ea/versions/${from.id}/diff`));
    asked.then((answer) => {
      if (!answer.ok) return setProblem(answer.body);
      const changed = answer.body.items.filter((one) => one.kind !== "same");
      setChanges(changed);
      setPath(changed[0]?.path ?? "");
    });
  }, [pair]);

  useEffect(() => {
    const change = changes?.find((one) => one.path === path);
    if (!pair || !change) return;
    const { from, to } = pair;
    const query = `path=${encodeURIComponent(path)}`;
    const before = change.kind === "added" ? "" : textAt(`/api/ea/versions/${from.id}/file?${query}`);
    const after = change.kind === "removed" ? "" : textAt(to ? `/api/ea/versions/${to.id}/file?${query}` : `/api/ea/projects/${draft.id}/draft/file?${query}`);
    Promise.all([before, after]).then(([original, modified]) => setTexts({ path, original, modified }));
  }, [changes, path]);

  const title = pair ? `Version ${pair.from.number} and ${pair.to ? `version ${pair.to.number}` : "the draft"}` : "";
  return (
    <Dialog open={pair !== null} title={title} icon="swap" kind="modal compare" onClose={onClose}>
      <div className="compare-body">
        {problem && <div className="failed" role="alert"><Icon name="alert" size="s" /><div><b>They cannot be compared.</b> {problem.detail} <span className="mono">{problem.code}</span></div></div>}
        {!changes && !problem && <div className="editor-wait" aria-busy="true"><Icon name="spinner" size="s" className="spin" />Comparing</div>}
        {changes?.length === 0 && <div className="empty"><Icon name="check-circle" /><h3>No difference</h3><p>All files are the same, byte for byte.</p></div>}
        {changes?.length > 0 && (
          <>
            <div className="seg compare-files" role="radiogroup" aria-label="Files that differ">
              {changes.map((one) => (
                <button key={one.path} type="button" role="radio" aria-checked={one.path === path} onClick={() => setPath(one.path)}>
                  {one.path}<span className="up">+{one.lines_added}</span><span className="down">−{one.lines_removed}</span>{one.kind !== "changed" && <span className="t3">{KINDS[one.kind]}</span>}
                </button>
              ))}
            </div>
            {texts?.original === null || texts?.modified === null
              ? <p className="studio-note">This file is no text; its bytes differ.</p>
              : texts && <DiffEditor key={`${pair?.from.id} ${pair?.to?.id} ${texts.path}`} original={texts.original} modified={texts.modified} label={texts.path} />}
          </>
        )}
      </div>
    </Dialog>
  );
}

/** Shown while a file of the draft was changed elsewhere: theirs on the left, this one on the right, which may be edited. */
export function ConflictDialog({ draft, conflict }) {
  const right = useRef(null);
  const [busy, setBusy] = useState(false);
  const [mine, setMine] = useState("");
  const [hidden, setHidden] = useState(false);
  useEffect(() => {
    setHidden(false);
    if (conflict) setMine(draft.textOf(conflict.path));
  }, [conflict]);
  const settle = async (text) => {
    setBusy(true);
    await draft.resolve(text);
    setBusy(false);
    requestAnimationFrame(() => draft.editor()?.focus());
  };
  if (!conflict) return null;
  const { path, theirs } = conflict;
  if (hidden) {
    return (
      <div className="banner crit" role="alert">
        <Icon name="triangle" size="s" />
        <div className="grow"><b>{path} was changed elsewhere.</b> What you type here is not saved until you choose.</div>
        <button type="button" className="btn small" onClick={() => { setMine(draft.textOf(path)); setHidden(false); }}>Choose</button>
      </div>
    );
  }
  return (
    <Dialog open title={`${path} was changed elsewhere`} icon="triangle" tone="crit" kind="modal compare" onClose={() => setHidden(true)}>
      <div className="compare-body">
        {theirs ? (
          <>
            <p className="studio-note">Left: what is stored{theirs.saved_at && ` since ${momentOf(theirs.saved_at)}`}. Right: what you have here; it may be edited, to take over parts of the left. Nothing was overwritten.</p>
            <DiffEditor ref={right} original={theirs.text ?? ""} modified={mine} editable label={path} />
          </>
        ) : <p className="studio-note">It was deleted or renamed while you were editing it. Nothing of yours is lost.</p>}
      </div>
      <div className="modal-foot">
        <button type="button" className="btn" onClick={() => setHidden(true)}>Decide later</button>
        <button type="button" className="btn danger-line" disabled={busy} onClick={() => settle(null)}>{theirs ? "Take the stored one" : "Let it go"}</button>
        <button type="button" className="btn primary" disabled={busy} aria-busy={busy} onClick={() => settle(right.current?.text() ?? mine)}>{theirs ? "Save the right side" : "Store mine again"}</button>
      </div>
    </Dialog>
  );
}
