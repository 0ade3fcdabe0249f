// The versions of a project: what each is, what the compiler said of it, and what can be done with it.
import { useState } from "react";
import { Link } from "react-router";
import { Dialog } from "$/public/external/forex_elite/ui/components/dialog/dialog.jsx";
import { Icon } from "$/public/external/forex_elite/ui/components/icon/icon.jsx";
import { send } from "$/public/external/forex_elite/ui/live/live/backend.js";
import { countOf, momentOf, refused, save, toast } from "./notices.js";

const STATES = { draft: ["dot hollow", "Not compiled"], compiling: ["dot warn", "Compiling"], compiled: ["dot up", "Compiled"], failed: ["dot crit", "Failed"] };
const ORIGINS = { written: "Written", generated: "Generated", imported: "Imported", restored: "Restored" };

function Figures({ version }) {
  const copy = () => navigator.clipboard?.writeText(version.sha256).then(() => toast("ok", "SHA-256 copied", version.sha256));
  return (
    <dl className="pairs version-figures">
      <dt>Author</dt><dd>{version.author}</dd>
      <dt>Made</dt><dd>{momentOf(version.created_at)}</dd>
      {version.compiled_at && <><dt>{version.state === "compiled" ? "Compiled" : "Tried"}</dt><dd>{momentOf(version.compiled_at)}</dd></>}
      <dt>Files</dt><dd>{countOf(version.file_count, "file")}, {version.size.toLocaleString("en-US")} bytes</dd>
      <dt>SHA-256</dt><dd><button type="button" className="link mono" title={`${version.sha256}, click to copy`} onClick={copy}>{version.sha256.slice(0, 12)}…<span className="sr"> copy</span></button></dd>
    </dl>
  );
}

function Version({ version, isOpen, isLocked, previous, onToggle, onCompare, onRestore, onFork, onLook }) {
  const [dot, word] = STATES[version.state] ?? STATES.draft;
  const words = version.state === "failed" ? `${word}${version.error_count ? `, ${countOf(version.error_count, "error")}` : ""}` : word;
  const address = `/api/ea/versions/${version.id}`;
  return (
    <li className="version">
      <button type="button" className="version-head" aria-expanded={isOpen} onClick={onToggle}>
        <span className={dot} />
        <span className="grow">
          <span className="row"><b>{version.number}</b><span className={`sm ${version.state === "failed" ? "crit-t" : version.state === "compiled" ? "up" : "t2"}`}>{words}</span><span className="badge end">{ORIGINS[version.origin]}</span></span>
          <span className="t3 xs ell version-message">{version.message || momentOf(version.created_at)}</span>
        </span>
      </button>
      {isOpen && (
        <div className="version-more">
          {version.message && <p className="sm version-text">{version.message}</p>}
          {version.compile_error && <p className="sm crit-t">{version.compile_error}</p>}
          <Figures version={version} />
          <div className="row wrap">
            {version.state === "compiled" && <Link className="btn primary small" to={`/deployments?version=${version.id}`}><Icon name="play" size="s" />Deploy</Link>}
            <button type="button" className="btn small" onClick={() => onCompare(version, null)}><Icon name="swap" size="s" />Compare with the draft</button>
            {previous && <button type="button" className="btn small" onClick={() => onCompare(previous, version)}>With {previous.number}</button>}
            <button type="button" className="btn small" disabled={isLocked} onClick={() => onRestore(version)}><Icon name="undo" size="s" />Restore</button>
            <button type="button" className="btn small" onClick={() => onFork(version)}><Icon name="copy" size="s" />Fork</button>
            {version.compiled_at && <button type="button" className="btn small" onClick={() => onLook(version)}><Icon name="list" size="s" />Messages</button>}
            <button type="button" className="btn small" onClick={() => save(`${address}/export`)}><Icon name="download" size="s" />.zip</button>
            {version.ex5_sha256 && <button type="button" className="btn small" title={`SHA-256 ${version.ex5_sha256}`} onClick={() => save(`${address}/ex5`)}><Icon name="download" size="s" />.ex5</button>}
            {version.log_sha256 && <button type="button" className="btn small" onClick={() => save(`${address}/log`)}><Icon name="download" size="s" />Log</button>}
          </div>
        </div>
      )}
    </li>
  );
}

/** `onCompare(from, to)`: `to` null is the draft; `onFork(version)`, `onLook(version)` are the page's. */
export function Versions({ draft, now, isLocked, onCompare, onFork, onLook }) {
  const [opened, setOpened] = useState("");
  const [message, setMessage] = useState("");
  const [restoring, setRestoring] = useState(null);
  const [busy, setBusy] = useState("");

  const make = async (event) => {
    event.preventDefault();
    setBusy("save");
    const answer = (await draft.flush()) ? await send("POST", `/api/ea/projects/${draft.id}/versions`, { message }) : null;
    setBusy("");
    if (!answer) return toast("crit", "No version was made", "The draft is not saved yet.");
    if (!answer.ok) return refused("No version was made", answer.body);
    if (answer.body.is_new) setMessage("");
    else toast("info", `The draft equals version ${answer.body.number}`, "There is nothing new to keep.");
    await draft.reload();
  };
  const restore = async () => {
    setBusy("restore");
    const version = restoring;
    const answer = (await draft.flush()) ? await send("POST", `/api/ea/versions/${version.id}/restore`, { revision: draft.snapshot().project.draft_revision }) : null;
    setBusy("");
    setRestoring(null);
    if (!answer) return toast("crit", "Nothing was restored", "The draft is not saved yet.");
    await draft.reload();
    if (!answer.ok) return refused("Nothing was restored", answer.body);
    toast("ok", `Version ${version.number} is the draft again`, answer.body.kept ? `Your work before is kept as version ${answer.body.kept.number}.` : "");
  };
  return (
    <section className="studio-part fill" aria-label="Versions">
      <form className="version-new" onSubmit={make}>
        <label htmlFor="version-message" className="sr">What the version is about</label>
        <input id="version-message" className="input" value={message} maxLength={2000} placeholder="What changed" onChange={(event) => setMessage(event.target.value)} />
        <button type="submit" className="btn" disabled={isLocked || busy === "save"} aria-busy={busy === "save"}>Keep a version</button>
      </form>
      {now.versions.length === 0 && <p className="studio-note">Compiling or keeping makes a version: a state of all files that never changes, to compare, restore and deploy.</p>}
      <ul className="version-list scroll" tabIndex={now.versions.length ? 0 : undefined} aria-label="Versions, newest first">
        {now.versions.map((version, index) => (
          <Version key={version.id} version={version} isOpen={opened === version.id} isLocked={isLocked} previous={now.versions[index + 1]} onToggle={() => setOpened(opened === version.id ? "" : version.id)} onCompare={onCompare} onRestore={setRestoring} onFork={onFork} onLook={onLook} />
        ))}
        {now.cursor && <li className="version-older"><button type="button" className="btn small" onClick={() => draft.older()}>Older versions</button></li>}
      </ul>
      <Dialog open={restoring !== null} title={`Restore version ${restoring?.number}?`} icon="undo" onClose={() => setRestoring(null)}>
        <div className="modal-body"><p>Its files become the draft. What the draft holds now is kept as a version first, unless it is one already. Running experts stay as they are.</p></div>
        <div className="modal-foot">
          <button type="button" className="btn" onClick={() => setRestoring(null)}>Keep the draft</button>
          <button type="button" className="btn primary" disabled={busy === "restore"} aria-busy={busy === "restore"} onClick={restore}>Restore version {restoring?.number}</button>
        </div>
      </Dialog>
    </section>
  );
}
